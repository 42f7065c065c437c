/// The version that Diesel reads from the name of a migration directory: the text before the
/// first `_`, without `-`.
pub fn version(dir_name: &str) -> String {
    let stamp = dir_name.split_once('_').map_or(dir_name, |(stamp, _)| stamp);
    stamp.replace('-', "")
}

/// What follows the first `_` of a directory's name; empty when there is none.
pub fn slug(dir_name: &str) -> &str {
    dir_name.split_once('_').map_or("", |(_, slug)| slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_follow_diesel() {
        for (name, expected, rest) in [
            ("2026-11-22-120000_add_user_bio", "20261122120000", "add_user_bio"),
            ("00000000000000_diesel_initial_setup", "00000000000000", "diesel_initial_setup"),
            ("2026-11-22-120000-1a2b_add", "202611221200001a2b", "add"),
            ("nounderscore", "nounderscore", ""),
            ("3_x-y", "3", "x-y"),
        ] {
            assert_eq!((version(name).as_str(), slug(name)), (expected, rest));
        }
    }
}
