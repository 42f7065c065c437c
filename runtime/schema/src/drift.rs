//! Differences in words: what a build warns about and what `check` lists.

use std::fmt::Write;

use crate::change::{Change, Delta, Edit, TableChange};
use crate::facts::{
    Check, Column, Deferrable, Expr, ForeignKey, Generated, Identity, Index, Order, SqlType,
    Storage, Table, Text, Unique,
};

/// A fact that something may be said about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// The table itself, or anything that belongs to it alone.
    Table,
    /// The column of this SQL name.
    Column(String),
    /// The uniqueness rule of this name.
    Unique(String),
    /// The index of this name.
    Index(String),
    /// The check of this name.
    Check(String),
    /// The foreign key of this name.
    ForeignKey(String),
}

/// One difference between models and the last migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is about, by the name that the models give it.
    pub fact: Fact,
    /// What differs, both sides named.
    pub text: String,
}

/// The differences that a change consists of, in the order of its edits.
pub fn differences(change: &Change) -> Vec<Difference> {
    match change {
        Change::CreateTable(table) => {
            vec![on_table(format!("table `{}` is not in the last migration", table.name))]
        }
        Change::DropTable(table) => {
            vec![on_table(format!("table `{}` of the last migration has no model", table.name))]
        }
        Change::AlterTable(change) => altered(change),
    }
}

fn on_table(text: String) -> Difference {
    Difference { fact: Fact::Table, text }
}

fn altered(change: &TableChange) -> Vec<Difference> {
    let TableChange { before, after, edits } = change;
    let mut found = Vec::new();
    if before.name != after.name {
        found.push(on_table(format!(
            "table `{}` is called `{}` in the last migration",
            after.name, before.name
        )));
    }
    for edit in edits {
        found.extend(edited(after, edit));
    }
    found
}

fn edited(table: &Table, edit: &Edit) -> Vec<Difference> {
    let name = &table.name;
    let flag = |what: &str, after: bool| {
        let (here, there) = if after { ("is", "is not") } else { ("is not", "is") };
        on_table(format!("table `{name}` {here} {what}, and {there} in the last migration"))
    };
    vec![match edit {
        Edit::Column(delta) => return column(table, delta),
        Edit::PrimaryKey { before, after } => on_table(format!(
            "primary key of `{name}` is {}, and {} in the last migration",
            list(after),
            list(before)
        )),
        Edit::Unique(delta) => {
            named(delta, Fact::Unique, "uniqueness rule", |it| &it.name, describe_unique)
        }
        Edit::Index(delta) => named(delta, Fact::Index, "index", |it| &it.name, describe_index),
        Edit::Check(delta) => named(delta, Fact::Check, "check", |it| &it.name, describe_check),
        Edit::ForeignKey(delta) => {
            named(delta, Fact::ForeignKey, "foreign key", |it| &it.name, describe_foreign_key)
        }
        Edit::Strict { after } => flag("strict", *after),
        Edit::WithoutRowid { after } => flag("without rowid", *after),
        Edit::Comment { before, after } => on_table(format!(
            "comment of table `{name}` is {}, and {} in the last migration",
            text(after),
            text(before)
        )),
    }]
}

fn named<T>(
    delta: &Delta<T>,
    fact: fn(String) -> Fact,
    what: &str,
    name: fn(&T) -> &Text,
    describe: fn(&T) -> String,
) -> Difference {
    match delta {
        Delta::Added(it) => Difference {
            fact: fact(name(it).to_string()),
            text: format!("{what} `{}` {} is not in the last migration", name(it), describe(it)),
        },
        Delta::Removed(it) => on_table(format!(
            "{what} `{}` {} of the last migration is not declared",
            name(it),
            describe(it)
        )),
        Delta::Changed { before, after } => Difference {
            fact: fact(name(after).to_string()),
            text: format!(
                "{what} `{}` is {}, and {} in the last migration",
                name(after),
                describe(after),
                describe(before)
            ),
        },
    }
}

fn column(table: &Table, delta: &Delta<Column>) -> Vec<Difference> {
    match delta {
        Delta::Added(it) => vec![Difference {
            fact: Fact::Column(it.name.to_string()),
            text: format!(
                "column `{}.{}` is not in the last migration ({})",
                table.name,
                it.name,
                describe_column(it)
            ),
        }],
        Delta::Removed(it) => vec![on_table(format!(
            "column `{}.{}` of the last migration ({}) is no field",
            table.name,
            it.name,
            describe_column(it)
        ))],
        Delta::Changed { before, after } => column_facts(table, before, after)
            .into_iter()
            .map(|text| Difference { fact: Fact::Column(after.name.to_string()), text })
            .collect(),
    }
}

fn column_facts(table: &Table, before: &Column, after: &Column) -> Vec<String> {
    let Column {
        name,
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
    } = after;
    let mut found = Vec::new();
    let mut add = |what: &str, here: String, there: String| {
        if here != there {
            found.push(format!(
                "column `{}.{name}` {what} {here}, and {there} in the last migration",
                table.name
            ));
        }
    };
    add("is called", quoted(name), quoted(&before.name));
    if !sql_type.same_facts(&before.sql_type) {
        add("is", type_name(sql_type), type_name(&before.sql_type));
    }
    add("is", null(*nullable), null(before.nullable));
    if *default != before.default {
        add("has the default", expr(default), expr(&before.default));
    }
    if *generated != before.generated {
        add("is computed as", computed(generated), computed(&before.generated));
    }
    add("is", made(*identity), made(before.identity));
    add("has the collation", text(collation), text(&before.collation));
    add("has the comment", text(comment), text(&before.comment));
    found
}

/// The type and nullability of a column in a few words: `Text, nullable`.
pub fn describe_column(column: &Column) -> String {
    let mut words = type_name(&column.sql_type);
    if column.nullable {
        words.push_str(", nullable");
    }
    if let Some(default) = &column.default {
        let _ = write!(words, ", default `{}`", default.as_str());
    }
    words
}

/// Diesel's name of a type and its parameters: `Text(120)`.
pub fn type_name(ty: &SqlType) -> String {
    let mut name = ty.diesel_name().to_owned();
    match ty {
        SqlType::Text { max_length: Some(length) } => {
            let _ = write!(name, "({length})");
        }
        SqlType::Numeric { precision: Some(precision), scale } => {
            let _ = write!(name, "({precision}, {})", scale.unwrap_or(0));
        }
        SqlType::Enum(of) => {
            let labels: Vec<String> = of.labels.iter().map(|it| quoted(&it.name)).collect();
            let _ = write!(name, "({})", labels.join(", "));
        }
        SqlType::Custom(of) => {
            let _ = write!(name, " ({})", of.sql);
        }
        SqlType::Text { max_length: None }
        | SqlType::Numeric { precision: None, scale: _ }
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
        | SqlType::Jsonb => {}
    }
    name
}

fn quoted(name: &str) -> String {
    format!("`{name}`")
}

fn text(of: &Option<Text>) -> String {
    of.as_deref().map_or_else(|| "none".to_owned(), quoted)
}

fn expr(of: &Option<Expr>) -> String {
    of.as_ref().map_or_else(|| "none".to_owned(), |it| quoted(it.as_str()))
}

fn null(nullable: bool) -> String {
    if nullable { "nullable" } else { "required" }.to_owned()
}

fn computed(of: &Option<Generated>) -> String {
    let Some(Generated { expr, storage }) = of else { return "nothing".to_owned() };
    let storage = match storage {
        Storage::Stored => "stored",
        Storage::Virtual => "virtual",
    };
    format!("`{}` ({storage})", expr.as_str())
}

fn made(identity: Option<Identity>) -> String {
    match identity {
        None => "no generated key",
        Some(Identity::ByDefault) => "a generated key",
        Some(Identity::Autoincrement) => "an autoincrement key",
    }
    .to_owned()
}

fn list(names: &[Text]) -> String {
    format!("({})", names.join(", "))
}

fn describe_unique(unique: &Unique) -> String {
    let Unique { name: _, columns } = unique;
    format!("on {}", list(columns))
}

fn describe_index(index: &Index) -> String {
    let Index { name: _, keys, unique, predicate } = index;
    let keys: Vec<String> = keys
        .iter()
        .map(|key| match key.order {
            Order::Asc => key.expr.as_str().to_owned(),
            Order::Desc => format!("{} desc", key.expr.as_str()),
        })
        .collect();
    let mut words = format!("on ({})", keys.join(", "));
    if *unique {
        words.insert_str(0, "unique ");
    }
    if let Some(predicate) = predicate {
        let _ = write!(words, " where `{}`", predicate.as_str());
    }
    words
}

fn describe_check(check: &Check) -> String {
    let Check { name: _, expr } = check;
    quoted(expr.as_str())
}

fn describe_foreign_key(key: &ForeignKey) -> String {
    let ForeignKey { name: _, columns, table, references, on_delete, on_update, deferrable } = key;
    let mut words = format!("from {} to {table}{}", list(columns), list(references));
    for (what, action) in [("delete", on_delete), ("update", on_update)] {
        if *action != crate::Action::NoAction {
            let _ = write!(words, ", on {what} {}", action.name().replace('_', " "));
        }
    }
    if *deferrable != Deferrable::No {
        let _ = write!(words, ", {}", deferrable.name().replace('_', " "));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{List, Schema};

    fn texts(before: &Table, after: &Table) -> Vec<String> {
        let schema = |table: &Table| Schema { tables: List::Owned(vec![table.clone()]) };
        let changes = crate::diff(&schema(before), &schema(after)).unwrap();
        changes.iter().flat_map(differences).map(|it| it.text).collect()
    }

    #[test]
    fn every_difference_names_both_sides() {
        let mut before = Table::new("users".into());
        let text = |name: &'static str| Column::new(name.into(), SqlType::Text { max_length: None });
        before.columns = vec![text("email"), text("old")].into();
        let mut after = before.clone();
        let email = &mut after.columns.to_mut()[0];
        email.sql_type = SqlType::Text { max_length: Some(120) };
        email.nullable = true;
        email.default = Some("''".into());
        after.columns.to_mut()[1] = Column { nullable: true, ..text("bio") };
        after.strict = true;
        after.uniques.to_mut().push(Unique {
            name: "users_email_key".into(),
            columns: vec!["email".into()].into(),
        });
        assert_eq!(
            texts(&before, &after),
            [
                "column `users.bio` is not in the last migration (Text, nullable)",
                "column `users.email` is Text(120), and Text in the last migration",
                "column `users.email` is nullable, and required in the last migration",
                "column `users.email` has the default `''`, and none in the last migration",
                "column `users.old` of the last migration (Text) is no field",
                "uniqueness rule `users_email_key` on (email) is not in the last migration",
                "table `users` is strict, and is not in the last migration",
            ]
        );
        assert_eq!(texts(&after, &after), [""; 0]);
    }
}
