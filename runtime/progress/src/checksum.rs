use std::fmt::Write;

use sha2::{Digest, Sha256};

/// Checksum of a SQL file: `sha256:` and 64 hexadecimal digits.
///
/// Line ends count as `\n`, so that a checkout with another line end setting changes nothing.
pub fn checksum(text: &str) -> String {
    let digest = if text.contains('\r') {
        Sha256::digest(text.replace("\r\n", "\n"))
    } else {
        Sha256::digest(text)
    };
    let mut out = String::from("sha256:");
    for byte in digest {
        // Writing to a `String` never fails.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_sha256_and_blind_to_line_ends() {
        assert_eq!(
            checksum("abc"),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(checksum("a;\r\nb;\r\n"), checksum("a;\nb;\n"));
        assert_ne!(checksum("a;\nb;\n"), checksum("a;\nb; \n"));
        assert_ne!(checksum("a\rb"), checksum("ab"));
    }
}
