//! Differences in words: what a build warns about and what `check` lists.

use crate::change::{Change, Delta, Edit, TableChange};
use crate::facts::{Column, Table, Text};
use crate::words::{self, computed, expr, list, made, null, quoted, text, type_name};

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
    /// The exclusion of this name.
    Exclusion(String),
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

/// The differences that a change consists of, in the order of its edits. That no model has what is
/// retired is none.
pub fn differences(change: &Change) -> Vec<Difference> {
    match change {
        Change::CreateTable(table) => {
            vec![on_table(format!("table `{}` is not in the last migration", table.place()))]
        }
        Change::DropTable(table) if table.extras.retired().is_some() => Vec::new(),
        Change::DropTable(table) => {
            vec![on_table(format!("table `{}` of the last migration has no model", table.place()))]
        }
        Change::AlterTable(change) => altered(change),
        Change::CreateExtension(name) => {
            vec![on_table(format!("extension `{name}` is not in the last migration"))]
        }
        Change::DropExtension(name) => {
            vec![on_table(format!("extension `{name}` of the last migration is not listed"))]
        }
    }
}

fn on_table(text: String) -> Difference {
    Difference { fact: Fact::Table, text }
}

fn altered(change: &TableChange) -> Vec<Difference> {
    let TableChange { before, after, edits } = change;
    let mut found = Vec::new();
    if before.place() != after.place() {
        found.push(on_table(format!(
            "table `{}` is called `{}` in the last migration",
            after.place(),
            before.place()
        )));
    }
    for edit in edits {
        found.extend(edited(after, edit));
    }
    found
}

fn edited(table: &Table, edit: &Edit) -> Vec<Difference> {
    let name = table.place();
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
            named(delta, Fact::Unique, "uniqueness rule", |it| &it.name, words::unique)
        }
        Edit::Index(delta) => named(delta, Fact::Index, "index", |it| &it.name, words::index),
        Edit::Check(delta) => named(delta, Fact::Check, "check", |it| &it.name, words::check),
        Edit::Exclusion(delta) => {
            named(delta, Fact::Exclusion, "exclusion", |it| &it.name, words::exclusion)
        }
        Edit::ForeignKey(delta) => {
            named(delta, Fact::ForeignKey, "foreign key", |it| &it.name, words::foreign_key)
        }
        Edit::Strict { after } => flag("strict", *after),
        Edit::WithoutRowid { after } => flag("without rowid", *after),
        Edit::Extras { before, after } => on_table(format!(
            "table `{name}` has {}, and {} in the last migration",
            words::extras(after),
            words::extras(before)
        )),
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
                table.place(),
                it.name,
                words::column(it)
            ),
        }],
        Delta::Removed(it) if it.extras.retired().is_some() => Vec::new(),
        Delta::Removed(it) => vec![on_table(format!(
            "column `{}.{}` of the last migration ({}) is no field",
            table.place(),
            it.name,
            words::column(it)
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
        extras,
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
                table.place()
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
    add("has", words::extras(extras), words::extras(&before.extras));
    add("has the comment", text(comment), text(&before.comment));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Extras, Schema, SqlType, Unique};

    fn texts(before: &Table, after: &Table) -> Vec<String> {
        let schema = |table: &Table| Schema::of(vec![table.clone()]);
        let changes = crate::diff(&schema(before), &schema(after)).unwrap();
        changes.iter().flat_map(differences).map(|it| it.text).collect()
    }

    #[test]
    fn every_difference_names_both_sides() {
        let mut before = Table::new("users".into());
        let text =
            |name: &'static str| Column::new(name.into(), SqlType::Text { max_length: None });
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
            extras: Extras::NONE,
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
