//! What rows get in columns that they did not have, or in which they held NULL.

use diesel_autogen_schema::sql::{Kind, Token, tokens};
use diesel_autogen_schema::{Column, Deferrable, Dialect, Extra, OwnPlace, Table, UnmanagedKind};

use super::alter::{Context, Direction, Statements, default_action, of_enum, tightened};
use super::back::{NUMBER, is_orphan, number, stand_in};
use super::op::Alteration;
use super::quote::{collation, ident, place};
use super::render::column_def;
use super::rule::{is_proved, rules};
use super::sequence;
use super::types::spelled;
use crate::decide::filler;

/// How rows get the value of a new column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By the column itself: its default, its sequence, or NULL.
    Itself,
    /// From an expression over the row.
    From(String),
    /// The same constant in every row.
    Constant(String),
    /// Nobody knows a value, and none may be missing.
    Nothing,
}

pub(crate) fn way(it: &Alteration, column: &Column, context: &Context<'_>) -> Way {
    if let Some(backfill) = &column.backfill {
        // What is the same for all rows is noted with the column, and no row is written.
        return match is_literal(backfill.as_str()) && column.identity.is_none() {
            true => Way::Constant(backfill.as_str().to_owned()),
            false => Way::From(of_enum(backfill, &column.sql_type)),
        };
    }
    let itself = column.nullable
        || filler(column).is_some()
        || column.identity.is_some()
        || column.generated.is_some();
    if itself {
        return Way::Itself;
    }
    if context.direction == Direction::Up || is_orphan(&it.after, column, context) {
        return Way::Nothing;
    }
    stand_in(it, column, context)
}

/// Whether an expression is a text, a number or a truth value as it stands.
fn is_literal(value: &str) -> bool {
    let tokens: Vec<Token<'_>> =
        tokens(value, Dialect::Postgres).filter(|token| token.kind != Kind::Space).collect();
    let is_one = |token: &Token<'_>| match token.kind {
        Kind::String | Kind::Number => true,
        Kind::Word => ["true", "false"].iter().any(|it| token.text.eq_ignore_ascii_case(it)),
        Kind::Quoted | Kind::Punctuation | Kind::Space => false,
    };
    match &tokens[..] {
        [one] => is_one(one),
        [sign, number] => sign.text == "-" && number.kind == Kind::Number,
        _ => false,
    }
}

/// `ADD COLUMN`, as far as it can be said before rows are filled.
pub(crate) fn open(
    it: &Alteration,
    column: &Column,
    out: &mut Statements<'_>,
    context: &Context<'_>,
) {
    let table = out.table;
    if sequence::is_apart(table, column) {
        out.statement(sequence::create(table, column));
    }
    let shown = match way(it, column, context) {
        Way::Itself | Way::Nothing => column.clone(),
        Way::From(_) => Column { nullable: true, ..column.clone() },
        Way::Constant(value) => Column { default: Some(value.into()), ..column.clone() },
    };
    out.action(format!("ADD COLUMN {}", column_def(table, &shown)));
}

/// The `UPDATE` that fills a new column.
pub(crate) fn fill(
    it: &Alteration,
    column: &Column,
    out: &mut Statements<'_>,
    context: &Context<'_>,
) {
    let Way::From(value) = way(it, column, context) else { return };
    if value.contains(NUMBER) {
        announce(it, out, context);
        out.statement(number(it, column, &value));
        return;
    }
    set(it, column, (&value, None), out, context);
}

/// What stands behind `ADD COLUMN` when rows are filled.
pub(crate) fn close(
    it: &Alteration,
    column: &Column,
    out: &mut Statements<'_>,
    context: &Context<'_>,
) {
    match way(it, column, context) {
        Way::From(_) if !column.nullable => {
            out.action(format!("ALTER COLUMN {} SET NOT NULL", ident(&column.name)));
        }
        Way::Constant(_) => {
            out.flush();
            out.action(default_action(column));
        }
        Way::Itself | Way::Nothing | Way::From(_) => {}
    }
    if sequence::is_apart(out.table, column) {
        out.statement(sequence::own(out.table, column));
    }
}

/// Fills NULL where none may be.
pub(crate) fn tighten(
    it: &Alteration,
    before: &Column,
    after: &Column,
    out: &mut Statements<'_>,
    context: &Context<'_>,
) {
    let value = tightened(before, after).filter(|_| !is_proved(&it.before, &after.name));
    let Some(value) = value else { return };
    let value = of_enum(value, &after.sql_type);
    set(it, after, (&value, Some("IS NULL")), out, context);
}

/// Sets a column in all rows, or in those that fulfil a condition on it, and sets off no trigger
/// that somebody made where that can be helped.
pub(super) fn set(
    it: &Alteration,
    column: &Column,
    (value, only): (&str, Option<&str>),
    out: &mut Statements<'_>,
    context: &Context<'_>,
) {
    let (table, name) = (place(out.table), ident(&column.name));
    let query = value.to_ascii_lowercase().contains("select");
    if has_triggers(it, context) && !query {
        let using = match only {
            Some(_) => format!("coalesce({name}, {value})"),
            None => value.to_owned(),
        };
        out.flush();
        let collation = column.collation.as_ref().map(|it| format!(" COLLATE {}", collation(it)));
        out.action(format!(
            "ALTER COLUMN {name} TYPE {}{} USING {using}",
            spelled(&column.sql_type),
            collation.unwrap_or_default()
        ));
        out.flush();
        return;
    }
    announce(it, out, context);
    let only = only.map(|only| format!(" WHERE {name} {only}")).unwrap_or_default();
    out.statement(format!("UPDATE {table} SET {name} = {value}{only}"));
}

/// PostgreSQL alters no table while checks of its rows wait for the commit.
pub(super) fn announce(it: &Alteration, out: &mut Statements<'_>, context: &Context<'_>) {
    if waits(&it.before) || waits(&it.after) || waits_live(it, context) {
        out.statement("SET CONSTRAINTS ALL IMMEDIATE".to_owned());
    }
}

fn waits(table: &Table) -> bool {
    table.foreign_keys.iter().any(|key| key.deferrable == Deferrable::InitiallyDeferred)
        || rules(table)
            .iter()
            .any(|rule| rule.extras().has(&Extra::Deferrable(Deferrable::InitiallyDeferred)))
}

fn waits_live(it: &Alteration, context: &Context<'_>) -> bool {
    let own = |table: &&Table| {
        table.place() == it.before.place()
            || table.place() == it.after.place()
            || table
                .foreign_keys
                .iter()
                .any(|key| key.target() == it.before.place() || key.target() == it.after.place())
    };
    context.live.schema.tables.iter().filter(own).any(waits)
}

/// Whether somebody made triggers that an `UPDATE` would set off.
fn has_triggers(it: &Alteration, context: &Context<'_>) -> bool {
    let of = [OwnPlace::from(it.before.place()), OwnPlace::from(it.after.place())];
    context.live.pg.unmanaged.iter().any(|object| {
        object.kind == UnmanagedKind::Trigger
            && object.table.as_ref().is_some_and(|table| of.contains(table))
    })
}
