//! Every kind of difference, told at its token: `before.rs` is what was migrated, and marks in
//! `after.rs` say what is told where.

use std::collections::BTreeSet;

use crate::agreement::{checked, listed, places};
use crate::workspace::{SECTION, Told, Workspace};

const BEFORE: &str = include_str!("before.rs");
const AFTER: &str = include_str!("after.rs");

const END: &str = "; run `diesel-autogen generate -m \"…\"`";

/// What is told at a token that has another mark already.
const MORE: [&str; 8] = [
    "check `things_check` is `a > 1`, and `a > 0` in the last migration",
    "comment of table `things` is `new`, and `old` in the last migration",
    "foreign key `things_b_fkey` from (b) to teams(id) of the last migration is not declared",
    "index `plain` is unique on (a), and on (a) in the last migration",
    "table `things` is strict, and is not in the last migration",
    "table `things` is without rowid, and is not in the last migration",
    "uniqueness rule `things_a_b_key` on (a, b) of the last migration is not declared",
    "uniqueness rule `users_no_longer_unique_key` on (no_longer_unique) of the last migration is \
     not declared",
];

/// What the marks in a source say must be told.
fn expected(source: &str) -> Vec<Told> {
    let mut all = Vec::new();
    for (at, line) in source.lines().enumerate() {
        let Some((code, mark)) = line.split_once("//~ ") else { continue };
        let (token, text) = mark.split_once(": ").unwrap();
        let field = code.find(&format!("pub {token}:")).map(|at| at + 4);
        let column = field.or_else(|| code.find(token)).unwrap() + 1;
        all.push(Told {
            file: "src/models.rs".to_owned(),
            line: at as u64 + 1,
            column: column as u64,
            level: "warning".to_owned(),
            text: text.to_owned(),
        });
    }
    all
}

/// Texts without what each of them ends with.
fn bare(told: &Told) -> &str {
    told.text.strip_suffix(END).unwrap_or(&told.text)
}

#[test]
fn every_kind_of_difference_is_told_in_its_file() {
    let name = "kinds";
    let workspace = Workspace::new(name);
    workspace.package(name, SECTION);
    workspace.write(name, "src/lib.rs", "pub mod models;\n");
    workspace.write(name, "src/models.rs", BEFORE);
    workspace.ok(name, &["init"]);
    workspace.ok(name, &["generate", "-m", "set up the models"]);
    let build = workspace.check();
    assert!(build.fine && build.told.is_empty(), "false alarms: {:#?}", build.told);

    workspace.write(name, "src/models.rs", AFTER);
    let build = workspace.check();
    assert!(build.fine);
    let told = build.of(name);
    let mut rest = told.to_vec();
    for expected in expected(AFTER) {
        let at = rest.iter().position(|told| {
            let listed = expected.text.contains("schema!");
            let text = if listed {
                told.text.starts_with(&expected.text)
            } else {
                bare(told) == expected.text
            };
            text && Told { text: expected.text.clone(), ..told.clone() } == expected
        });
        let Some(at) = at else { panic!("{expected:#?} is not in {told:#?}") };
        rest.remove(at);
    }
    let mut more: Vec<&str> = rest.iter().map(bare).collect();
    more.sort_unstable();
    assert_eq!(more, MORE);
    let (_, line, column) = listed(AFTER);
    let listed = ("src/models.rs".to_owned(), line, column);
    let checked: Option<BTreeSet<_>> = checked(&workspace, name, &listed);
    assert_eq!(Some(places(told)), checked, "the program sees the same");
    assert_eq!(workspace.check().of(name), told, "a fresh build says it again");

    workspace.package(name, &format!("{SECTION}drift = \"deny\"\n"));
    let denied = workspace.check();
    assert!(!denied.fine);
    let errors = told.iter().map(|told| Told { level: "error".to_owned(), ..told.clone() });
    assert_eq!(denied.of(name), errors.collect::<Vec<_>>(), "the same text at the same place");

    workspace.package(name, &format!("{SECTION}drift = \"allow\"\n"));
    let allowed = workspace.check();
    assert!(allowed.fine && allowed.told.is_empty(), "{:#?}", allowed.told);
}
