//! Drift at build time.

use diesel_autogen_grammar as grammar;
use diesel_autogen_schema::snapshot::{self, Snapshot};
use diesel_autogen_schema::{Schema, SqlType, Table};

use crate::package::{Package, SECTION, Told};

const BEFORE: &str = include_str!("before.rs");
const AFTER: &str = include_str!("after.rs");

/// What the marks in a source say must be told.
fn expected(source: &str, level: &str) -> Vec<Told> {
    let mut all = Vec::new();
    for (at, line) in source.lines().enumerate() {
        let Some((code, mark)) = line.split_once("//~ ") else { continue };
        let (token, text) = mark.split_once(": ").unwrap();
        let field = code.find(&format!("pub {token}:")).map(|at| at + 4);
        let column = field.or_else(|| code.find(token)).unwrap() + 1;
        all.push(Told {
            line: at as u64 + 1,
            column: column as u64,
            level: level.to_owned(),
            text: text.to_owned(),
        });
    }
    all
}

/// The snapshot of the models in a source.
fn snapshot_of(source: &str) -> String {
    let file: syn::File = syn::parse_str(source).unwrap();
    let mut types: Vec<(String, SqlType)> = Vec::new();
    let mut tables: Vec<Table> = Vec::new();
    for item in file.items {
        let input: syn::DeriveInput = match item {
            syn::Item::Struct(item) => item.into(),
            syn::Item::Enum(item) => item.into(),
            _ => continue,
        };
        let known = |path: &syn::Path| {
            let name = path.get_ident().unwrap().to_string();
            Ok(types.iter().find(|(own, _)| *own == name).unwrap().1.clone())
        };
        let name = input.ident.to_string();
        if grammar::is_type(&input.attrs) {
            let ty = grammar::db_type(&input).ok().unwrap().resolve(known).unwrap();
            types.push((name, ty));
        } else if grammar::is_enum(&input.attrs) {
            types.push((name, SqlType::Enum(grammar::db_enum(&input).ok().unwrap().facts)));
        } else {
            let item = grammar::model(&input, None).ok().unwrap();
            let table = item.resolve(known, |reference| Ok(reference.as_named())).unwrap();
            tables.push(table);
        }
    }
    let schema = Schema::of(tables);
    snapshot::write(&Snapshot { backend: "sqlite".to_owned(), schema, ..Snapshot::default() })
}

#[test]
fn every_difference_is_told_at_its_token() {
    let package = Package::new("drift_every");
    package.metadata(SECTION);
    package.write("src/lib.rs", AFTER);
    package.write("migrations/schema.toml", &snapshot_of(BEFORE));
    let end = "; run `diesel-autogen generate -m \"…\"`";
    let (fine, told) = package.check();
    assert!(fine);
    let mut rest = told.clone();
    for expected in expected(AFTER, "warning") {
        let at = rest.iter().position(|told| {
            told.line == expected.line
                && told.column == expected.column
                && told.level == expected.level
                && (told.text == format!("{}{end}", expected.text)
                    || told.text.starts_with(&expected.text) && expected.text.contains("schema!"))
        });
        let Some(at) = at else { panic!("{expected:#?} is not in {told:#?}") };
        rest.remove(at);
    }
    let mut more: Vec<&str> = rest.iter().map(|told| told.text.trim_end_matches(end)).collect();
    more.sort_unstable();
    assert_eq!(
        more,
        [
            "check `things_check` is `a > 1`, and `a > 0` in the last migration",
            "comment of table `things` is `new`, and `old` in the last migration",
            "foreign key `things_b_fkey` from (b) to teams(id) of the last migration is not declared",
            "index `plain` is unique on (a), and on (a) in the last migration",
            "table `things` is strict, and is not in the last migration",
            "table `things` is without rowid, and is not in the last migration",
            "uniqueness rule `things_a_b_key` on (a, b) of the last migration is not declared",
            "uniqueness rule `users_no_longer_unique_key` on (no_longer_unique) of the last \
             migration is not declared",
        ]
    );
    let (_, again) = package.check();
    assert_eq!(again, told, "a fresh build says it again");

    package.metadata(&format!("{SECTION}\ndrift = \"deny\""));
    let (fine, denied) = package.check();
    assert!(!fine);
    let errors = told.into_iter().map(|told| Told { level: "error".to_owned(), ..told });
    assert_eq!(denied, errors.collect::<Vec<_>>(), "the same text at the same place");

    package.metadata(&format!("{SECTION}\ndrift = \"allow\""));
    assert_eq!(package.check(), (true, vec![]));
}

#[test]
fn a_snapshot_in_step_is_silent_and_is_watched() {
    let package = Package::new("drift_watched");
    package.metadata(SECTION);
    package.write("src/lib.rs", BEFORE);
    package.write("migrations/schema.toml", &snapshot_of(BEFORE));
    assert_eq!(package.check(), (true, vec![]));
    package.write("migrations/schema.toml", &snapshot_of(&BEFORE.replace("ty: i32", "ty: i64")));
    let (_, told) = package.check();
    let texts: Vec<&str> = told.iter().map(|told| told.text.as_str()).collect();
    assert_eq!(
        texts,
        ["column `users.ty` is Integer, and BigInt in the last migration; \
          run `diesel-autogen generate -m \"…\"`"]
    );
}

#[test]
fn a_package_without_the_section_is_left_alone() {
    let package = Package::new("drift_none");
    package.metadata("");
    package.write("src/lib.rs", BEFORE);
    assert_eq!(package.check(), (true, vec![]));
}

#[test]
fn a_wrong_section_or_snapshot_is_told_once() {
    let package = Package::new("drift_wrong");
    package.metadata(&format!("{SECTION}\ndrfit = \"deny\""));
    package.write("src/lib.rs", BEFORE);
    let (fine, told) = package.check();
    assert!(!fine);
    let [told] = &told[..] else { panic!("one error: {told:#?}") };
    assert!(told.text.starts_with("`drfit` in [package.metadata.diesel_autogen]"), "{told:?}");

    package.metadata(SECTION);
    package.write("migrations/schema.toml", "format = 1\nnonsense");
    let (fine, told) = package.check();
    assert!(!fine);
    let [told] = &told[..] else { panic!("one error: {told:#?}") };
    assert!(told.text.starts_with("migrations/schema.toml: "), "{told:?}");
}
