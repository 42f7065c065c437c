//! Changes in words: one line for each thing that a revision does.

use diesel_autogen_schema::words::{self, computed, expr, list, made, null, text, type_name};
use diesel_autogen_schema::{Change, Column, Delta, Edit, TableChange, Text};

/// What the changes do, in their order: `add column users.bio`.
pub fn differences(changes: &[Change]) -> Vec<String> {
    changes.iter().flat_map(of_change).collect()
}

fn of_change(change: &Change) -> Vec<String> {
    match change {
        Change::CreateExtension(name) => vec![format!("create extension {name}")],
        Change::DropExtension(name) => vec![format!("drop extension {name}")],
        Change::CreateTable(table) => vec![format!("create table {}", table.place())],
        Change::DropTable(table) => vec![format!("drop table {}", table.place())],
        Change::AlterTable(change) => {
            let TableChange { before, after, edits } = change;
            let (from, to) = (before.place(), after.place());
            let renamed = (from != to).then(|| format!("rename table {from} to {to}"));
            let table = to.to_string();
            renamed.into_iter().chain(edits.iter().map(|it| of_edit(&table, it))).collect()
        }
    }
}

fn of_edit(table: &str, edit: &Edit) -> String {
    match edit {
        Edit::Column(delta) => of_column(table, delta),
        Edit::PrimaryKey { before, after } => {
            format!("change the primary key of {table}: {} → {}", list(before), list(after))
        }
        Edit::Unique(delta) => named(table, "unique", delta, |it| &it.name, words::unique),
        Edit::Index(delta) => named(table, "index", delta, |it| &it.name, words::index),
        Edit::Check(delta) => named(table, "check", delta, |it| &it.name, words::check),
        Edit::Exclusion(delta) => named(table, "exclusion", delta, |it| &it.name, words::exclusion),
        Edit::ForeignKey(delta) => {
            named(table, "foreign key", delta, |it| &it.name, words::foreign_key)
        }
        Edit::Strict { after } => flag(table, "STRICT", *after),
        Edit::WithoutRowid { after } => flag(table, "WITHOUT ROWID", *after),
        Edit::Extras { before, after } => {
            let (before, after) = (words::extras(before), words::extras(after));
            format!("change {table}: {before} → {after}")
        }
        Edit::Comment { before, after } => {
            format!("change the comment of {table}: {} → {}", text(before), text(after))
        }
    }
}

fn of_column(table: &str, delta: &Delta<Column>) -> String {
    match delta {
        Delta::Added(it) => format!("add column {table}.{}", it.name),
        Delta::Removed(it) => format!("drop column {table}.{}", it.name),
        Delta::Changed { before, after } => {
            let facts = column_facts(before, after);
            let renamed = (before.name != after.name)
                .then(|| format!("rename column {table}.{} to {}", before.name, after.name));
            let changed = format!("change column {table}.{}: {}", after.name, facts.join(", "));
            match renamed {
                Some(renamed) if facts.is_empty() => renamed,
                Some(renamed) => format!("{renamed}; {changed}"),
                None => changed,
            }
        }
    }
}

fn column_facts(before: &Column, after: &Column) -> Vec<String> {
    let Column {
        name: _,
        sql_type,
        nullable,
        default,
        generated,
        identity,
        collation,
        extras,
        comment,
        renamed_from: _,
        backfill: _,
        using: _,
    } = before;
    let mut facts = Vec::new();
    let mut fact = |name: &str, before: String, after: String| {
        if before != after {
            facts.push(format!("{name}{before} → {after}"));
        }
    };
    fact("", null(*nullable), null(after.nullable));
    fact("type ", type_name(sql_type), type_name(&after.sql_type));
    if *default != after.default {
        fact("default ", expr(default), expr(&after.default));
    }
    if *generated != after.generated {
        fact("computed as ", computed(generated), computed(&after.generated));
    }
    fact("", made(*identity), made(after.identity));
    fact("collation ", text(collation), text(&after.collation));
    fact("", words::extras(extras), words::extras(&after.extras));
    fact("comment ", text(comment), text(&after.comment));
    facts
}

/// A delta of something with a name and a body.
fn named<T>(
    table: &str,
    kind: &str,
    delta: &Delta<T>,
    name: impl Fn(&T) -> &Text,
    body: impl Fn(&T) -> String,
) -> String {
    match delta {
        Delta::Added(it) => format!("add {kind} {} on {table}: {}", name(it), body(it)),
        Delta::Removed(it) => format!("drop {kind} {} on {table}", name(it)),
        Delta::Changed { before, after } => {
            format!("change {kind} {} on {table}: {} → {}", name(after), body(before), body(after))
        }
    }
}

fn flag(table: &str, word: &str, after: bool) -> String {
    if after { format!("make {table} {word}") } else { format!("make {table} no longer {word}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel_autogen_schema::{Check, Extras, Schema, SqlType, Table, Unique, diff};

    fn users() -> Table {
        let mut table = Table::new("users".into());
        table.columns = vec![
            Column::new("id".into(), SqlType::BigInt),
            Column::new("name".into(), SqlType::Text { max_length: Some(20) }),
        ]
        .into();
        table.primary_key = vec!["id".into()].into();
        table
    }

    fn texts(before: &[Table], after: &[Table]) -> Vec<String> {
        let schema = |tables: &[Table]| Schema::of(tables.to_vec());
        let changes = diff(&schema(before), &schema(after)).unwrap();
        differences(&changes)
    }

    #[test]
    fn tables_come_go_and_change_their_names() {
        let mut renamed = users();
        renamed.name = "people".into();
        renamed.renamed_from = Some("users".into());
        assert_eq!(texts(&[], &[users()]), ["create table users"]);
        assert_eq!(texts(&[users()], &[]), ["drop table users"]);
        assert_eq!(texts(&[users()], &[renamed]), ["rename table users to people"]);
    }

    #[test]
    fn columns_say_what_is_different() {
        let mut after = users();
        let name = &mut after.columns.to_mut()[1];
        name.name = "full_name".into();
        name.renamed_from = Some("name".into());
        name.nullable = true;
        name.sql_type = SqlType::Text { max_length: None };
        name.default = Some("'x'".into());
        after.columns.to_mut().push(Column::new("bio".into(), SqlType::Json));
        assert_eq!(
            texts(&[users()], &[after]),
            [
                "add column users.bio",
                "rename column users.name to full_name; change column users.full_name: required \
                 → nullable, type Text(20) → Text, default none → `'x'`",
            ]
        );
    }

    #[test]
    fn everything_else_has_words_too() {
        let mut after = users();
        after.primary_key = vec!["id".into(), "name".into()].into();
        after.strict = true;
        after.without_rowid = true;
        after.comment = Some("people".into());
        after.uniques = vec![Unique {
            name: "users_name_key".into(),
            columns: vec!["name".into()].into(),
            extras: Extras::NONE,
        }]
        .into();
        after.checks = vec![Check {
            name: "users_name_check".into(),
            expr: "name <> ''".into(),
            extras: Extras::NONE,
        }]
        .into();
        assert_eq!(
            texts(&[users()], &[after]),
            [
                "change the primary key of users: (id) → (id, name)",
                "add unique users_name_key on users: on (name)",
                "add check users_name_check on users: `name <> ''`",
                "make users STRICT",
                "make users WITHOUT ROWID",
                "change the comment of users: none → `people`",
            ]
        );
    }
}
