//! Synthetic packages that say the same in two ways.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cli::source::{Request, read};
use diesel_autogen_schema::Schema;
use diesel_autogen_schema::snapshot::{self, Snapshot};

use crate::run::{self, Run};

/// How a package says what its tables are.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// By hand, for Diesel.
    Table { derives: bool },
    /// By its models.
    Model { derives: bool, drift: Drift },
}

/// What the last migration has.
#[derive(Clone, Copy)]
pub(crate) enum Drift {
    Ignored,
    /// The same as the models.
    InStep,
    /// Every table without one of its columns.
    OneEach,
}

/// A package in the folder of the benchmark.
pub(crate) struct Package {
    dir: PathBuf,
}

const DEPENDENCIES: &str = "\
chrono = { version = \"0.4\", default-features = false, features = [\"std\", \"clock\"] }
libsqlite3-sys = { version = \"0.38\", features = [\"bundled\"] }

[dependencies.diesel]
version = \"2.3.14\"
default-features = false
features = [\"32-column-tables\", \"chrono\", \"sqlite\"]

[workspace]
";

/// Types of the package's own, as `DbEnum` and `DbType` make them.
const DERIVED: &str = "
#[derive(diesel_autogen::DbEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum State { Open, Paid, Shipped, Returned }

#[derive(diesel_autogen::DbType, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cents(pub i64);

#[derive(diesel_autogen::DbType, Clone, Debug, PartialEq, Eq)]
pub struct Email(pub String);
";

/// The same types taught to Diesel by hand.
const BY_HAND: &str = "
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::{Sqlite, SqliteValue};

#[derive(AsExpression, FromSqlRow, Clone, Copy, Debug, PartialEq, Eq)]
#[diesel(sql_type = Text)]
pub enum State { Open, Paid, Shipped, Returned }

impl ToSql<Text, Sqlite> for State {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(match self {
            State::Open => \"open\",
            State::Paid => \"paid\",
            State::Shipped => \"shipped\",
            State::Returned => \"returned\",
        });
        Ok(IsNull::No)
    }
}

impl FromSql<Text, Sqlite> for State {
    fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(match <String as FromSql<Text, Sqlite>>::from_sql(value)?.as_str() {
            \"open\" => State::Open,
            \"paid\" => State::Paid,
            \"shipped\" => State::Shipped,
            _ => State::Returned,
        })
    }
}

#[derive(AsExpression, FromSqlRow, Clone, Copy, Debug, PartialEq, Eq)]
#[diesel(sql_type = BigInt)]
pub struct Cents(pub i64);

impl ToSql<BigInt, Sqlite> for Cents {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        <i64 as ToSql<BigInt, Sqlite>>::to_sql(&self.0, out)
    }
}

impl FromSql<BigInt, Sqlite> for Cents {
    fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, Sqlite>>::from_sql(value).map(Cents)
    }
}

#[derive(AsExpression, FromSqlRow, Clone, Debug, PartialEq, Eq)]
#[diesel(sql_type = Text)]
pub struct Email(pub String);

impl ToSql<Text, Sqlite> for Email {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        <String as ToSql<Text, Sqlite>>::to_sql(&self.0, out)
    }
}

impl FromSql<Text, Sqlite> for Email {
    fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        <String as FromSql<Text, Sqlite>>::from_sql(value).map(Email)
    }
}
";

impl Package {
    pub(crate) fn new(kind: Kind, models: usize) -> Package {
        let (name, drift, derives) = match kind {
            Kind::Table { derives: true } => ("derives_table", None, true),
            Kind::Table { derives: false } => ("table", None, false),
            Kind::Model { derives: true, drift } => ("derives_model", Some(drift), true),
            Kind::Model { derives: false, drift: Drift::Ignored } => {
                ("model_ignored", Some(Drift::Ignored), false)
            }
            Kind::Model { derives: false, drift: Drift::InStep } => {
                ("model_in_step", Some(Drift::InStep), false)
            }
            Kind::Model { derives: false, drift: Drift::OneEach } => {
                ("model_one_each", Some(Drift::OneEach), false)
            }
        };
        let package = Package { dir: folder().join(name) };
        package.write("Cargo.toml", &manifest(name, drift));
        let source = (0..models).map(|model| match kind {
            Kind::Table { .. } => table(model) + &fields(model, derives, ""),
            Kind::Model { .. } => fields(model, derives, "diesel_autogen::Model, "),
        });
        let types = if drift.is_some() { DERIVED } else { BY_HAND };
        let source: String = source.collect();
        let uses = "pub use kinds::{Cents, Email, State};\nuse chrono::NaiveDateTime;\n";
        let derives = if derives { "use diesel::prelude::*;\n" } else { "" };
        package.write("src/kinds.rs", types);
        package.write("src/lib.rs", &format!("pub mod kinds;\n{uses}{derives}{source}"));
        if let Some(drift) = drift {
            package.write("migrations/schema.toml", &package.snapshot(drift));
        }
        package
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.dir.join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        fs::write(path, text).expect("a file");
    }

    fn snapshot(&self, drift: Drift) -> String {
        let manifest_path = Some(self.dir.join("Cargo.toml"));
        let source = read(&Request { manifest_path, ..Request::default() }).expect("models");
        let mut tables = source.schema.tables.into_owned();
        match drift {
            Drift::Ignored | Drift::InStep => {}
            Drift::OneEach => {
                for table in &mut tables {
                    table.columns.to_mut().retain(|column| column.name != "notes");
                }
            }
        }
        let schema = Schema::of(tables);
        let backend = "sqlite".to_owned();
        snapshot::write(&Snapshot { backend, schema, ..Snapshot::default() })
    }

    /// Builds what the package depends on, and the package once.
    pub(crate) fn prepare(&self) {
        let lock = repository().join("Cargo.lock");
        fs::copy(lock, self.dir.join("Cargo.lock")).expect("a lock file");
        let _ = self.check();
    }

    /// Builds the package alone, anew.
    pub(crate) fn check(&self) -> Run {
        let library = self.dir.join("src/lib.rs");
        let text = fs::read(&library).expect("the library");
        fs::write(&library, text).expect("the library");
        let mut command = Command::new(env!("CARGO"));
        command
            .args(["check", "--quiet", "--offline"])
            .current_dir(&self.dir)
            .env("CARGO_TARGET_DIR", folder().join("target"))
            .env("CARGO_INCREMENTAL", "0")
            .env_remove("RUSTFLAGS")
            .stderr(std::process::Stdio::null());
        run::run(command)
    }
}

/// Where the packages are and what they depend on is built.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile")
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the root")
}

fn manifest(name: &str, drift: Option<Drift>) -> String {
    let level = drift.map(|drift| match drift {
        Drift::Ignored => "allow",
        Drift::InStep | Drift::OneEach => "warn",
    });
    let section = level.map(|level| {
        format!("[package.metadata.diesel_autogen]\nbackend = \"sqlite\"\ndrift = \"{level}\"\n\n")
    });
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n{}\
         [dependencies]\ndiesel_autogen = {{ path = '{}' }}\n{DEPENDENCIES}",
        section.unwrap_or_default(),
        repository().join("runtime").display()
    )
}

/// The model that another refers to.
fn referred(model: usize) -> usize {
    model / 3
}

/// What a person writes, or Diesel's own command.
fn table(model: usize) -> String {
    let to = referred(model);
    let joinable = format!("diesel::joinable!(entry_{model} -> entry_{to} (parent_id));\n");
    format!(
        "
diesel::table! {{
    entry_{model} (id) {{
        id -> BigInt,
        parent_id -> BigInt,
        number -> Integer,
        email -> Text,
        title -> Text,
        state -> Text,
        price -> BigInt,
        weight -> Double,
        active -> Bool,
        created_at -> Timestamp,
        updated_at -> Nullable<Timestamp>,
        notes -> Nullable<Text>,
    }}
}}
{}",
        // Diesel lets no table be joined with itself.
        if to == model { "" } else { &joinable }
    )
}

/// The struct; with our attributes when `model` names our derive.
fn fields(model: usize, derives: bool, ours: &str) -> String {
    let to = referred(model);
    let diesels = if derives { "Queryable, Selectable, Insertable, Identifiable, " } else { "" };
    let mut text = format!("\n#[derive({ours}{diesels}Clone, Debug, PartialEq)]\n");
    if derives || !ours.is_empty() {
        let _ = writeln!(text, "#[diesel(table_name = entry_{model})]");
    }
    let attribute = |text: &mut String, attribute: &str| {
        if !ours.is_empty() {
            let _ = writeln!(text, "{attribute}");
        }
    };
    let dates = "\"updated_at IS NULL OR updated_at >= created_at\"";
    attribute(
        &mut text,
        &format!(
            "#[model(index(columns(state, created_at desc)), unique(parent_id, number), \
             check(name = \"entry_{model}_dates\", {dates}))]"
        ),
    );
    let _ = writeln!(text, "pub struct Entry{model} {{\n    pub id: i64,");
    let fields = [
        (format!("#[column(references = entry_{to}::id, on_delete = cascade)]"), "parent_id: i64"),
        (String::new(), "number: i32"),
        ("#[column(unique, collation = \"NOCASE\")]".to_owned(), "email: Email"),
        ("#[column(max_length = 120, index)]".to_owned(), "title: String"),
        ("#[column(default = \"'open'\")]".to_owned(), "state: State"),
        ("#[column(check = \"price >= 0\")]".to_owned(), "price: Cents"),
        ("#[column(default = 1.0)]".to_owned(), "weight: f64"),
        ("#[column(default = true)]".to_owned(), "active: bool"),
        ("#[column(default = \"CURRENT_TIMESTAMP\")]".to_owned(), "created_at: NaiveDateTime"),
        (String::new(), "updated_at: Option<NaiveDateTime>"),
        (String::new(), "notes: Option<String>"),
    ];
    for (attributes, field) in fields {
        attribute(&mut text, &attributes);
        let _ = writeln!(text, "    pub {field},");
    }
    text + "}\n"
}
