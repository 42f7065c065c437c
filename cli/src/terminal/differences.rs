//! Changes in words: one line for each thing that is different.

use std::fmt::Display;

use diesel_autogen_grammar::Fact;
use diesel_autogen_schema::{
    Change, Check, Column, Delta, Edit, Expr, ForeignKey, Generated, Identity, Index, Order,
    SqlType, Storage, TableChange, Text, Unique,
};

/// One thing that is different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The table after the change, or before it when it goes.
    pub table: String,
    /// What of the table it is about, named as after the change.
    pub fact: Fact,
    /// What is different: `add column users.bio`.
    pub text: String,
}

/// Every difference of the changes, in their order.
pub fn differences(changes: &[Change]) -> Vec<Difference> {
    changes.iter().flat_map(of_change).collect()
}

fn of_change(change: &Change) -> Vec<Difference> {
    let whole =
        |text: String| Difference { table: change.table().to_owned(), fact: Fact::Table, text };
    match change {
        Change::CreateTable(table) => vec![whole(format!("create table {}", table.name))],
        Change::DropTable(table) => vec![whole(format!("drop table {}", table.name))],
        Change::AlterTable(change) => {
            let TableChange { before, after, edits } = change;
            let renamed = (before.name != after.name)
                .then(|| whole(format!("rename table {} to {}", before.name, after.name)));
            renamed.into_iter().chain(edits.iter().map(|it| of_edit(&after.name, it))).collect()
        }
    }
}

fn of_edit(table: &str, edit: &Edit) -> Difference {
    let (fact, text) = match edit {
        Edit::Column(delta) => of_column(table, delta),
        Edit::PrimaryKey { before, after } => {
            let (before, after) = (list(before), list(after));
            (Fact::Table, format!("change the primary key of {table}: {before} → {after}"))
        }
        Edit::Unique(delta) => named(table, "unique", delta, Fact::Unique, |it| &it.name, unique),
        Edit::Index(delta) => named(table, "index", delta, Fact::Index, |it| &it.name, index),
        Edit::Check(delta) => named(table, "check", delta, Fact::Check, |it| &it.name, check),
        Edit::ForeignKey(delta) => {
            named(table, "foreign key", delta, Fact::ForeignKey, |it| &it.name, foreign_key)
        }
        Edit::Strict { after } => (Fact::Table, flag(table, "STRICT", *after)),
        Edit::WithoutRowid { after } => (Fact::Table, flag(table, "WITHOUT ROWID", *after)),
        Edit::Comment { before, after } => {
            let (before, after) = (text(before), text(after));
            (Fact::Table, format!("change the comment of {table}: {before} → {after}"))
        }
    };
    Difference { table: table.to_owned(), fact, text }
}

fn of_column(table: &str, delta: &Delta<Column>) -> (Fact, String) {
    let (column, text) = match delta {
        Delta::Added(it) => (Some(&it.name), format!("add column {table}.{}", it.name)),
        Delta::Removed(it) => (None, format!("drop column {table}.{}", it.name)),
        Delta::Changed { before, after } => {
            let facts = column_facts(before, after);
            let renamed = (before.name != after.name)
                .then(|| format!("rename column {table}.{} to {}", before.name, after.name));
            let changed = format!("change column {table}.{}: {}", after.name, facts.join(", "));
            let text = match renamed {
                Some(renamed) if facts.is_empty() => renamed,
                Some(renamed) => format!("{renamed}; {changed}"),
                None => changed,
            };
            (Some(&after.name), text)
        }
    };
    (column.map_or(Fact::Table, |name| Fact::Column(name.to_string())), text)
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
        comment,
        renamed_from: _,
        backfill: _,
        using: _,
    } = before;
    let mut facts = Vec::new();
    let mut fact = |name: &str, before: String, after: String| {
        if before != after {
            facts.push(format!("{name} {before} → {after}"));
        }
    };
    fact("type", sql_type_text(sql_type), sql_type_text(&after.sql_type));
    if *default != after.default {
        fact("default", expr(default), expr(&after.default));
    }
    if *generated != after.generated {
        fact("generated", generated_text(generated), generated_text(&after.generated));
    }
    fact("identity", identity_text(*identity), identity_text(after.identity));
    fact("collation", text(collation), text(&after.collation));
    fact("comment", text(comment), text(&after.comment));
    if *nullable != after.nullable {
        let word = |nullable: bool| if nullable { "nullable" } else { "required" };
        facts.insert(0, format!("{} → {}", word(*nullable), word(after.nullable)));
    }
    facts
}

/// A delta of something with a name and a body.
fn named<T>(
    table: &str,
    kind: &str,
    delta: &Delta<T>,
    fact: impl Fn(String) -> Fact,
    name: impl Fn(&T) -> &Text,
    body: impl Fn(&T) -> String,
) -> (Fact, String) {
    let fact = |it: &T| fact(name(it).to_string());
    match delta {
        Delta::Added(it) => (fact(it), format!("add {kind} {} on {table}: {}", name(it), body(it))),
        Delta::Removed(it) => (Fact::Table, format!("drop {kind} {} on {table}", name(it))),
        Delta::Changed { before, after } => {
            let (name, before, body) = (name(after), body(before), body(after));
            (fact(after), format!("change {kind} {name} on {table}: {before} → {body}"))
        }
    }
}

fn flag(table: &str, word: &str, after: bool) -> String {
    if after { format!("make {table} {word}") } else { format!("make {table} no longer {word}") }
}

fn list(names: &[Text]) -> String {
    format!("({})", names.join(", "))
}

fn text(value: &Option<Text>) -> String {
    value.as_deref().map_or_else(|| "none".to_owned(), |text| format!("\"{text}\""))
}

fn expr(value: &Option<Expr>) -> String {
    value.as_ref().map_or("none", Expr::as_str).to_owned()
}

fn unique(it: &Unique) -> String {
    let Unique { name: _, columns } = it;
    list(columns)
}

fn index(it: &Index) -> String {
    let Index { name: _, keys, unique, predicate } = it;
    let keys: Vec<String> = keys
        .iter()
        .map(|key| match key.order {
            Order::Asc => key.expr.as_str().to_owned(),
            Order::Desc => format!("{} desc", key.expr.as_str()),
        })
        .collect();
    let unique = if *unique { "unique " } else { "" };
    let predicate =
        predicate.as_ref().map(|it| format!(" where {}", it.as_str())).unwrap_or_default();
    format!("{unique}({}){predicate}", keys.join(", "))
}

fn check(it: &Check) -> String {
    let Check { name: _, expr } = it;
    format!("({})", expr.as_str())
}

fn foreign_key(it: &ForeignKey) -> String {
    let ForeignKey { name: _, columns, table, references, on_delete, on_update, deferrable } = it;
    let mut text = format!("{} → {table} {}", list(columns), list(references));
    for (word, value, ordinary) in [
        ("on_delete", on_delete.name(), "no_action"),
        ("on_update", on_update.name(), "no_action"),
        ("deferrable", deferrable.name(), "no"),
    ] {
        if value != ordinary {
            text.push_str(&format!(", {word} {value}"));
        }
    }
    text
}

fn generated_text(value: &Option<Generated>) -> String {
    match value {
        None => "no".to_owned(),
        Some(Generated { expr, storage: Storage::Stored }) => format!("{} stored", expr.as_str()),
        Some(Generated { expr, storage: Storage::Virtual }) => format!("{} virtual", expr.as_str()),
    }
}

fn identity_text(value: Option<Identity>) -> String {
    let word = match value {
        None => "none",
        Some(Identity::ByDefault) => "by default",
        Some(Identity::Autoincrement) => "autoincrement",
    };
    word.to_owned()
}

fn sql_type_text(of: &SqlType) -> String {
    let with = |parameters: &dyn Display| format!("{}({parameters})", of.diesel_name());
    match of {
        SqlType::Numeric { precision: Some(precision), scale } => match scale {
            Some(scale) => with(&format_args!("{precision}, {scale}")),
            None => with(precision),
        },
        SqlType::Text { max_length: Some(length) } => with(length),
        SqlType::Enum(of) => {
            let labels: Vec<&str> = of.labels.iter().map(|label| label.name.as_ref()).collect();
            format!("{}({})", of.name, labels.join(", "))
        }
        SqlType::Custom(of) => format!("{} ({})", of.name, of.sql),
        SqlType::Numeric { precision: None, scale: _ }
        | SqlType::Text { max_length: None }
        | SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Float
        | SqlType::Double
        | SqlType::Bool
        | SqlType::Binary
        | SqlType::Date
        | SqlType::Time
        | SqlType::Timestamp
        | SqlType::TimestamptzSqlite
        | SqlType::Json
        | SqlType::Jsonb => of.diesel_name().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel_autogen_schema::{Schema, Table, diff};

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
        let schema = |tables: &[Table]| Schema { tables: tables.to_vec().into() };
        let changes = diff(&schema(before), &schema(after)).unwrap();
        differences(&changes).into_iter().map(|it| it.text).collect()
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
                 → nullable, type Text(20) → Text, default none → 'x'",
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
        after.uniques =
            vec![Unique { name: "users_name_key".into(), columns: vec!["name".into()].into() }]
                .into();
        after.checks =
            vec![Check { name: "users_name_check".into(), expr: "name <> ''".into() }].into();
        assert_eq!(
            texts(&[users()], &[after]),
            [
                "change the primary key of users: (id) → (id, name)",
                "add unique users_name_key on users: (name)",
                "add check users_name_check on users: (name <> '')",
                "make users STRICT",
                "make users WITHOUT ROWID",
                "change the comment of users: none → \"people\"",
            ]
        );
    }
}
