use similar::{ChangeTag, TextDiff};

use super::style;

/// What differs between two texts of `file`, as a coloured unified diff; empty when nothing does.
pub fn unified(file: &str, before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut unified = diff.unified_diff();
    let mut lines = Vec::new();
    for hunk in unified.context_radius(3).iter_hunks() {
        if lines.is_empty() {
            lines.push(style::removed(format!("--- {file}")));
            lines.push(style::added(format!("+++ {file}")));
        }
        lines.push(style::place(hunk.header()));
        for change in hunk.iter_changes() {
            let text = change.value().trim_end_matches(['\r', '\n']);
            lines.push(match change.tag() {
                ChangeTag::Delete => style::removed(format!("-{text}")),
                ChangeTag::Insert => style::added(format!("+{text}")),
                ChangeTag::Equal => format!(" {text}"),
            });
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_shown_with_its_surroundings() {
        let before: String = (0..20).map(|n| format!("line {n}\n")).collect();
        let after = before.replace("line 10\n", "line ten\nmore\n");
        let text =
            anstream::adapter::strip_str(&unified("schema.toml", &before, &after)).to_string();
        assert_eq!(
            text,
            "--- schema.toml\n+++ schema.toml\n@@ -8,7 +8,8 @@\n line 7\n line 8\n line 9\n\
             -line 10\n+line ten\n+more\n line 11\n line 12\n line 13"
        );
        assert_eq!(unified("schema.toml", &before, &before), "");
    }
}
