use std::fmt::Display;

use super::Place;

/// A line that GitHub shows beside the code: `::error file=src/lib.rs,line=7::message`.
pub(super) fn annotation(level: &str, place: Option<Place<'_>>, text: impl Display) -> String {
    let mut keys = Vec::new();
    if let Some(Place { file, line, column }) = place {
        keys.push(format!("file={}", escaped(file).replace(':', "%3A").replace(',', "%2C")));
        keys.extend(line.map(|line| format!("line={line}")));
        keys.extend(column.map(|column| format!("col={column}")));
    }
    let space = if keys.is_empty() { "" } else { " " };
    format!("::{level}{space}{}::{}", keys.join(","), escaped(&text.to_string()))
}

/// An annotation is one line.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations_are_one_line_with_their_place() {
        let place = Place { file: "src/a,b.rs", line: Some(7), column: Some(5) };
        assert_eq!(
            annotation("error", Some(place), "100%\nsure"),
            "::error file=src/a%2Cb.rs,line=7,col=5::100%25%0Asure"
        );
        assert_eq!(annotation("warning", None, "x: y"), "::warning::x: y");
    }
}
