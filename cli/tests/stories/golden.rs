use diesel_autogen_schema::Dialect;
use similar::TextDiff;

use crate::package::{Output, Package, Revision};
use crate::story::{Story, root};

/// Compares with the reviewed text in `snapshots/<engine>/<topic>/<name>.snap`.
pub(crate) fn compare(story: &Story, text: String) {
    let mut settings = insta::Settings::clone_current();
    settings
        .set_snapshot_path(root().join("snapshots").join(story.engine.name()).join(&story.topic));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(&story.title);
    settings.bind(|| insta::assert_snapshot!(story.name.as_str(), text));
}

/// Compares with the reviewed list in `snapshots/<engine>/lints.snap`.
pub(crate) fn lints(engine: Dialect, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("snapshots").join(engine.name()));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description("What lints find in the SQL of the stories beside this file.");
    settings.bind(|| insta::assert_snapshot!("lints", text));
}

/// What a reviewer reads of a generated revision.
pub(crate) fn revision(package: &Package, revision: &Revision, before: &str) -> String {
    let transaction = if revision.metadata.contains("run_in_transaction = true") {
        "in a transaction"
    } else {
        "not in a transaction"
    };
    let after = package.snapshot();
    let diff = TextDiff::from_lines(before, &after);
    let diff = diff.unified_diff().context_radius(0).to_string();
    stable(&format!(
        "-- up.sql, {transaction}\n{}\n-- down.sql\n{}\n-- schema.toml\n{diff}",
        revision.up, revision.down
    ))
}

/// What a person reads when `generate` refuses.
pub(crate) fn refusal(package: &Package, output: &Output) -> String {
    let folder = package.path().display().to_string();
    let text = format!("exit {}\n{}{}", output.code, output.stdout, output.stderr);
    stable(&text.replace(&folder, ""))
}

/// The text without the versions of today.
pub(crate) fn stable(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let digits =
            rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-').len();
        let run = &rest[..digits];
        let compact: String = run.chars().filter(char::is_ascii_digit).collect();
        if compact.len() == 14 && compact.starts_with("20") && c.is_ascii_digit() {
            out.push_str("<version>");
            rest = &rest[digits..];
        } else {
            let length = digits.max(c.len_utf8());
            out.push_str(&rest[..length]);
            rest = &rest[length..];
        }
    }
    out
}
