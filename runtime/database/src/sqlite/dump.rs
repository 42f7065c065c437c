//! The database's own dump, in one spelling.

use diesel::sqlite::SqliteConnection;
use diesel_autogen_schema::{Action, Deferrable, Storage};

use super::catalog::{Catalog, Entry, Kind};
use super::definition::{ColumnDef, Conflict, Constraint, Definition, KeyColumn, Reference, Rule};
use super::facts;
use super::text::{IndexText, normal};
use super::types::{affinity, nearest};
use crate::ident::shown;
use crate::{Dump, Error};

/// The dump of a live database.
///
/// Quotes of names, white space, comments and the case of keywords make no difference, nor do
/// the order of columns and where a constraint was written. Sorted by kind, then by name.
///
/// # Errors
/// When the database cannot be read or a stored definition cannot be understood.
pub fn dump(conn: &mut SqliteConnection) -> Result<Dump, Error> {
    Catalog::read(conn)?.dump()
}

/// How exact a [`Dump`] of a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// As the table was declared.
    Declared,
    /// Declarations that mean the same to Diesel are the same: `INT` and `INTEGER`, a key column
    /// with and without `NOT NULL`, constraints with and without a name, names in any case.
    Meant,
}

impl Spelling {
    fn of(self, text: String) -> String {
        match self {
            Spelling::Declared => text,
            Spelling::Meant => normal(&text),
        }
    }
}

impl Catalog {
    pub(crate) fn dump(&self) -> Result<Dump, Error> {
        let mut entries = Vec::new();
        for entry in &self.entries {
            // What a module keeps for itself follows from the virtual table.
            if entry.kind != Kind::Shadow {
                let text = text(entry, Spelling::Declared)?;
                entries.push((entry.kind, entry.name.clone(), text));
            }
        }
        entries.sort();
        Ok(Dump::of(entries.into_iter().map(|(_, _, text)| text).collect()))
    }
}

/// The canonical text of one object.
pub(crate) fn text(entry: &Entry, spelling: Spelling) -> Result<String, Error> {
    Ok(match entry.kind {
        Kind::Table => spelling.of(table(&entry.name, &facts::definition(entry)?, spelling)),
        Kind::Index => match IndexText::of(&entry.sql) {
            Some(text) => spelling.of(index(entry, text)),
            None => normal(&entry.sql),
        },
        Kind::View | Kind::Trigger | Kind::Virtual | Kind::Shadow => normal(&entry.sql),
    })
}

fn table(name: &str, definition: &Definition, spelling: Spelling) -> String {
    let key: Vec<String> =
        definition.primary_key().iter().map(|key| definition.spelled(&key.name)).collect();
    // The rowid is never NULL, whether it is said or not.
    let rowid = facts::identity(definition).is_some();
    let rank =
        |column: &ColumnDef| key.iter().position(|name| *name == column.name).unwrap_or(usize::MAX);
    let mut columns: Vec<&ColumnDef> = definition.columns.iter().collect();
    let folded = |text: &str| text.to_ascii_lowercase();
    columns.sort_by_key(|it| (rank(it), folded(&it.name)));
    let mut lines: Vec<String> = columns
        .iter()
        .map(|column| {
            let in_key = rank(column) != usize::MAX;
            let implied = rowid || spelling == Spelling::Meant;
            column_line(column, in_key && implied, spelling)
        })
        .collect();
    let mut rules: Vec<String> = definition
        .constraints
        .iter()
        .map(|constraint| rule_line(definition, constraint, spelling))
        .collect();
    rules.sort_by_key(|rule| (folded(rule), rule.clone()));
    lines.append(&mut rules);
    let options: Vec<&str> = [
        definition.strict.then_some("STRICT"),
        definition.without_rowid.then_some("WITHOUT ROWID"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let end = if options.is_empty() { String::new() } else { format!(" {}", options.join(", ")) };
    format!("CREATE TABLE {} (\n  {}\n){end}", shown(name), lines.join(",\n  "))
}

fn column_line(column: &ColumnDef, implied_not_null: bool, spelling: Spelling) -> String {
    let ColumnDef { name, declared, not_null, default, collation, generated } = column;
    let mut line = shown(name);
    if spelling == Spelling::Meant {
        line.push_str(&format!(" {} {:?}", affinity(declared), nearest(declared)));
    } else if !declared.is_empty() {
        line.push_str(&format!(" {}", declared.to_uppercase()));
    }
    if let Some(clause) = not_null.filter(|_| !implied_not_null) {
        line.push_str(&format!(" NOT NULL{}", on_conflict(clause)));
    }
    if let Some(collation) = collation {
        line.push_str(&format!(" COLLATE {}", shown(&collation.to_lowercase())));
    }
    // NULL is what a column without a default has.
    if let Some(default) = default.as_ref().filter(|it| normal(it) != "null") {
        line.push_str(&format!(" DEFAULT ({})", normal(default)));
    }
    if let Some((expr, storage)) = generated {
        let storage = match storage {
            Storage::Stored => "STORED",
            Storage::Virtual => "VIRTUAL",
        };
        line.push_str(&format!(" GENERATED ALWAYS AS ({}) {storage}", normal(expr)));
    }
    line
}

fn rule_line(definition: &Definition, constraint: &Constraint, spelling: Spelling) -> String {
    let rule = match &constraint.rule {
        Rule::PrimaryKey { columns, autoincrement, conflict } => format!(
            "PRIMARY KEY ({}){}{}",
            key_columns(definition, columns),
            if *autoincrement { " AUTOINCREMENT" } else { "" },
            on_conflict(*conflict),
        ),
        Rule::Unique { columns, conflict } => {
            format!("UNIQUE ({}){}", key_columns(definition, columns), on_conflict(*conflict))
        }
        Rule::Check { expr, conflict } => {
            format!("CHECK ({}){}", normal(expr), on_conflict(*conflict))
        }
        Rule::ForeignKey(reference) => reference_line(definition, reference),
    };
    match &constraint.name {
        Some(name) if spelling == Spelling::Declared => {
            format!("CONSTRAINT {} {rule}", shown(&name.to_ascii_lowercase()))
        }
        Some(_) | None => rule,
    }
}

fn key_columns(definition: &Definition, columns: &[KeyColumn]) -> String {
    let columns: Vec<String> = columns
        .iter()
        .map(|column| {
            let KeyColumn { name, collation, descending } = column;
            let mut text = shown(&definition.spelled(name));
            if let Some(collation) = collation {
                text.push_str(&format!(" COLLATE {}", shown(&collation.to_lowercase())));
            }
            if *descending {
                text.push_str(" DESC");
            }
            text
        })
        .collect();
    columns.join(", ")
}

fn reference_line(definition: &Definition, reference: &Reference) -> String {
    let Reference { columns, table, references, on_delete, on_update, deferrable } = reference;
    let columns: Vec<String> =
        columns.iter().map(|column| shown(&definition.spelled(column))).collect();
    let mut line = format!("FOREIGN KEY ({}) REFERENCES {}", columns.join(", "), shown(table));
    if !references.is_empty() {
        let references: Vec<String> = references.iter().map(|column| shown(column)).collect();
        line.push_str(&format!(" ({})", references.join(", ")));
    }
    for (word, action) in [("DELETE", on_delete), ("UPDATE", on_update)] {
        if *action != Action::NoAction {
            let action = action.name().replace('_', " ").to_uppercase();
            line.push_str(&format!(" ON {word} {action}"));
        }
    }
    line.push_str(match deferrable {
        Deferrable::No => "",
        Deferrable::InitiallyImmediate => " DEFERRABLE INITIALLY IMMEDIATE",
        Deferrable::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
    });
    line
}

fn index(entry: &Entry, text: IndexText) -> String {
    let IndexText { unique, keys, predicate } = text;
    let keys: Vec<String> = keys
        .iter()
        .map(|(key, descending)| {
            format!("{}{}", normal(key), if *descending { " DESC" } else { "" })
        })
        .collect();
    let unique = if unique { "UNIQUE " } else { "" };
    let predicate = predicate.map(|it| format!(" WHERE {}", normal(&it))).unwrap_or_default();
    let (name, table) = (shown(&entry.name), shown(&entry.table));
    format!("CREATE {unique}INDEX {name} ON {table} ({}){predicate}", keys.join(", "))
}

fn on_conflict(clause: Conflict) -> String {
    // ABORT is what SQLite does anyhow.
    clause
        .filter(|clause| *clause != "ABORT")
        .map(|clause| format!(" ON CONFLICT {clause}"))
        .unwrap_or_default()
}
