//! Packages that keep a file of `table!`s.

use crate::workspace::{Told, Workspace};

const SCHEMA: &str = include_str!("existing/schema.rs");
const HAND: &str = include_str!("existing/hand.rs");
const LIB: &str = include_str!("existing/lib.rs");

/// A section that says where the `table!`s are.
fn section(file: &str) -> String {
    format!("backend = \"sqlite\"\nschema-file = \"{file}\"\n")
}

/// Adds a package with the file, and models in its library.
fn add(workspace: &Workspace, name: &str, lib: &str) {
    workspace.package(name, &format!("{}drift = \"allow\"\n", section("src/db/schema.rs")));
    workspace.write(name, "src/db/schema.rs", SCHEMA);
    workspace.write(name, "src/hand.rs", HAND);
    workspace.write(name, "src/lib.rs", lib);
}

/// Whether the only package of a workspace builds, and what is told.
fn check(workspace: &Workspace, name: &str) -> (bool, Vec<Told>) {
    let build = workspace.check();
    (build.fine, build.of(name).to_vec())
}

#[test]
fn models_that_fit_the_file_build_without_a_word() {
    let workspace = Workspace::new("fits");
    add(&workspace, "fits", LIB);
    assert_eq!(check(&workspace, "fits"), (true, vec![]));
}

/// Something that models and file disagree about.
struct Mistake {
    /// What it is called; also its package.
    name: &'static str,
    from: &'static str,
    to: &'static str,
    /// How the line begins at which it is told.
    line: &'static str,
    text: &'static str,
}

const MISTAKES: [Mistake; 11] = [
    Mistake {
        name: "type",
        from: "pub name: String",
        to: "pub name: i32",
        line: "pub name: i32",
        text: "this is `Integer`, and `Text` in src/db/schema.rs: change one of them",
    },
    Mistake {
        name: "sql_type",
        from: "pub made_at: String",
        to: "#[column(sql_type = diesel::sql_types::Date)]\npub made_at: String",
        line: "#[column(sql_type",
        text: "this is `Date`, and `Timestamp` in src/db/schema.rs: change one of them",
    },
    Mistake {
        name: "required",
        from: "pub role: Option<Role>,",
        to: "pub role: Role,",
        line: "pub role: Role,",
        text: "`role` is `Nullable<…>` in src/db/schema.rs: make it an `Option<…>`, or change the \
               file",
    },
    Mistake {
        name: "nullable",
        from: "pub status: hand::Status,",
        to: "pub status: Option<hand::Status>,",
        line: "pub status: Option<hand::Status>,",
        text: "`status` can be NULL here, and is required in src/db/schema.rs: one is wrong",
    },
    Mistake {
        name: "column",
        from: "pub name: String",
        to: "pub nmae: String",
        line: "pub nmae",
        text: "`teams` in src/db/schema.rs has no column `nmae`: did you mean `name`? if it is \
               new, add `nmae -> Text,` there",
    },
    Mistake {
        name: "table",
        from: "pub struct Page {",
        to: "#[diesel(table_name = crate::db::schema::pagse)]\npub struct Page {",
        line: "#[diesel(table_name",
        text: "src/db/schema.rs has no `table!` of `pagse`: did you mean `pages`?",
    },
    Mistake {
        name: "no_table",
        from: "pub struct Page {",
        to: "pub struct Label {",
        line: "pub struct Label {",
        text: "src/db/schema.rs has no `table!` of `labels`: add it there",
    },
    Mistake {
        name: "sql_name",
        from: "pub kind: String,",
        to: "#[column(sql_name = \"kind\")]\npub kind: String,",
        line: "#[column(sql_name",
        text: "src/db/schema.rs calls the column `type`: it has another SQL name there",
    },
    Mistake {
        name: "unexplained",
        from: "#[column(type_name = \"TEXT\")]\n    pub language",
        to: "pub language",
        line: "pub language: hand::Language,",
        text: "evaluation panicked: `language` is `Language` in src/db/schema.rs, which is none of \
               Diesel's types on SQLite: say how the database spells it with \
               `#[column(type_name = \"…\")]`",
    },
    Mistake {
        name: "key",
        from: "pub struct Team {",
        to: "#[diesel(primary_key(name))]\npub struct Team {",
        line: "pub struct Team {",
        text: "the model has another primary key than the `table!`",
    },
    // What Diesel says of it is Diesel's.
    Mistake {
        name: "unreadable",
        from: "pub address: hand::Url",
        to: "pub address: hand::Status",
        line: "pub address: hand::Status,",
        text: "",
    },
];

/// The models with a mistake. What Diesel's own derives would say more is not of interest.
fn mistaken(mistake: &Mistake) -> String {
    assert!(LIB.contains(mistake.from), "{}", mistake.name);
    let lib =
        LIB.replace(mistake.from, mistake.to).replace(", Queryable, Selectable, Insertable", "");
    let end = lib.find("diesel_autogen::schema!").unwrap();
    lib[..end].to_owned()
}

#[test]
fn every_mistake_is_told_where_it_is() {
    let workspace = Workspace::new("mistakes");
    for mistake in &MISTAKES {
        add(&workspace, mistake.name, &mistaken(mistake));
    }
    let build = workspace.check();
    assert!(!build.fine);
    for mistake in &MISTAKES {
        let Mistake { name, from: _, to: _, line, text } = mistake;
        let lib = mistaken(mistake);
        let at = |told: &Told| lib.lines().nth(told.line as usize - 1).unwrap().trim().to_owned();
        let told = build.of(name).iter().filter(|told| told.level == "error");
        let told: Vec<(String, &str)> = told.map(|told| (at(told), told.text.as_str())).collect();
        if text.is_empty() {
            assert!(!told.is_empty(), "{name}");
            for (at, text) in &told {
                assert!(at.starts_with(line), "{name}: {told:#?}");
                assert!(text.contains("Text") && text.contains("Status"), "{name}: {text}");
            }
        } else {
            let [(at, found)] = &told[..] else { panic!("{name}: one error: {told:#?}") };
            assert!(at.starts_with(line), "{name}: {at}");
            assert_eq!(found, text, "{name}");
        }
    }
}

#[test]
fn a_file_that_is_not_there_or_no_rust_is_told() {
    let name = "gone_file";
    let workspace = Workspace::new(name);
    workspace.package(name, &section("src/shcema.rs"));
    let lib = "#[derive(diesel_autogen::Model)]\nstruct A { id: i64 }\n";
    workspace.write(name, "src/lib.rs", lib);
    let (fine, told) = check(&workspace, name);
    assert!(!fine);
    let text = &told[0].text;
    assert!(text.starts_with("src/shcema.rs: "), "{told:#?}");
    assert!(text.ends_with("; `schema-file` in Cargo.toml names it"), "{text}");
    workspace.write(name, "src/shcema.rs", "diesel::table! { a (id) { id: BigInt } }");
    let (fine, told) = check(&workspace, name);
    assert!(!fine);
    assert!(told[0].text.contains("src/shcema.rs: expected `->`"), "{told:#?}");
}

/// The build notices that the file has changed, also when no module has it.
#[test]
fn the_file_is_watched() {
    let name = "watched_file";
    let workspace = Workspace::new(name);
    workspace.package(name, &format!("{}drift = \"allow\"\n", section("tables.rs")));
    workspace.write(name, "tables.rs", "diesel::table! { a (id) { id -> BigInt, } }");
    let lib = "include!(\"../tables.rs\");
        #[derive(diesel_autogen::Model)]
        #[diesel(table_name = a)]
        pub struct A { pub id: i64 }";
    workspace.write(name, "src/lib.rs", lib);
    assert_eq!(check(&workspace, name), (true, vec![]));
    workspace.write(name, "tables.rs", "diesel::table! { a (id) { id -> Integer, } }");
    let (fine, told) = check(&workspace, name);
    assert!(!fine && told[0].text.contains("`Integer` in tables.rs"), "{told:#?}");
}

#[test]
fn drift_of_a_type_by_hand_is_what_the_file_says() {
    let name = "drift_by_hand";
    let workspace = Workspace::new(name);
    add(&workspace, name, "");
    workspace.package(name, &section("src/db/schema.rs"));
    let lib = "pub mod db { pub mod schema; }
pub mod hand;
#[derive(diesel_autogen::Model)]
pub struct Page {
    pub address: hand::Url,
    pub status: hand::Status,
    pub old_status: Option<hand::Status>,
}
#[derive(diesel_autogen::DbType, Debug)]
pub struct Email(pub String);
";
    workspace.write(name, "src/lib.rs", lib);
    let snapshot = |status: &str| {
        format!(
            "format = 1\nbackend = \"sqlite\"\nhead = []\n[table.pages]\n\
             primary_key = [\"address\"]\n\
             column.address = {{ type = \"Text\", max_length = 200 }}\n\
             column.old_status = {{ type = \"SmallInt\", nullable = true }}\n{status}"
        )
    };
    workspace.write(
        name,
        "migrations/schema.toml",
        &snapshot("column.status = { type = \"Integer\" }\n"),
    );
    assert_eq!(check(&workspace, name), (true, vec![]));
    workspace.write(
        name,
        "migrations/schema.toml",
        &snapshot("column.status = { type = \"Text\" }\n"),
    );
    let (fine, told) = check(&workspace, name);
    let [told] = &told[..] else { panic!("one warning: {told:#?}") };
    assert!(fine && told.line == 6 && told.level == "warning", "{told:#?}");
    let text = "column `pages.status` is a `Status`, which is no longer Text as in the last \
                migration; run";
    assert!(told.text.starts_with(text), "{told:#?}");
    workspace.write(name, "migrations/schema.toml", &snapshot(""));
    let (fine, told) = check(&workspace, name);
    let [told] = &told[..] else { panic!("one warning: {told:#?}") };
    let text = "column `pages.status` is not in the last migration (Status); run";
    assert!(fine && told.line == 6 && told.text.starts_with(text), "{told:#?}");
}
