//! Rows that are filled in batches by a procedure, which commits after each.
//!
//! Neither server loops outside of one, but for MariaDB alone. The procedure goes by the primary key
//! and keeps its place in variables of the session: they have the type and the collation of the
//! column, which facts need not know, and no column is hidden by their names. What the binary log
//! must trust are functions and triggers; procedures it takes as they are.

use diesel_autogen_progress::{Effect, Statement, statements, words};
use diesel_autogen_schema::{Column, Extra};

use super::frame::strictly;
use super::quote::{expr, ident};
use super::types::{Kind, kind};
use crate::phases::{Fill, Filling, Stepwise};

/// Lives as long as the script runs.
const PROCEDURE: &str = "__diesel_autogen_fill";

/// The script of a revision that does nothing else.
pub(crate) fn filling(fill: &Fill) -> Filling {
    let batches = Batches::of(fill);
    let is_keyed = !batches.key.is_empty();
    let at_once = || vec![format!("{} WHERE {} IS NULL", batches.update(), batches.column)];
    Filling {
        statements: if is_keyed { batches.statements() } else { at_once() },
        batches: is_keyed.then(String::new),
        frame: Some(strictly()),
        transaction: false,
    }
}

/// The procedure is made once and called batch by batch. It stays until the script itself drops it:
/// a run of that which was stopped goes on with a call.
pub(crate) fn stepwise(script: &str) -> Option<Stepwise> {
    let all = statements(script);
    let is_call = |it: &Statement<'_>| {
        words(it.sql).next().is_some_and(|word| word.eq_ignore_ascii_case("call"))
    };
    let at = all.iter().position(is_call)?;
    let joined = |first: &str, rest: Vec<&str>| [vec![first], rest].concat().join(";\n");
    let behind = all[at + 1..].iter().filter(|it| it.effect == Effect::Session);
    Some(Stepwise {
        begin: joined(
            "SET @diesel_autogen_stepwise = 1",
            all[..at].iter().map(|it| it.sql).collect(),
        ),
        batch: all[at].sql.to_owned(),
        filled: "SELECT CAST(@diesel_autogen_filled AS CHAR)".to_owned(),
        end: joined("SET @diesel_autogen_stepwise = NULL", behind.map(|it| it.sql).collect()),
        alone: false,
    })
}

/// A column of the key.
struct Key {
    /// By which rows are in order.
    name: String,
    /// In what that order is seen from outside: what stands for a label there is the label, and a
    /// moment is told as a clock shows it, twice a year the same hour.
    seen: String,
}

impl Key {
    fn of(column: &Column) -> Key {
        let name = ident(&column.name);
        let seen = match kind(&column.sql_type) {
            Kind::Enum => format!("{name} + 0"),
            Kind::Moment(_) if is_counted(column) => format!("UNIX_TIMESTAMP({name})"),
            Kind::Number
            | Kind::Text
            | Kind::LongText
            | Kind::Bytes
            | Kind::LongBytes
            | Kind::Date
            | Kind::Time
            | Kind::Moment(_)
            | Kind::Json
            | Kind::Other => name.clone(),
        };
        Key { name, seen }
    }
}

/// Whether a moment is one everywhere at once: a `TIMESTAMP`, and no `DATETIME`.
fn is_counted(column: &Column) -> bool {
    super::types::spelled(&column.sql_type).starts_with("TIMESTAMP")
}

struct Batches {
    table: String,
    column: String,
    /// What an update sets.
    sets: String,
    key: Vec<Key>,
    batch: u32,
}

impl Batches {
    fn of(fill: &Fill) -> Batches {
        let (table, column) = (&fill.table, ident(&fill.column.name));
        let key = table.primary_key.iter().filter_map(|name| table.column(name)).map(Key::of);
        let mut sets = vec![format!("{column} = {}", expr(fill.value.as_str()))];
        // What the server would set to the time of the update stays as it is.
        let kept = table.columns.iter().filter(|it| it.extras.has(&Extra::OnUpdateNow));
        let kept = kept.map(|it| ident(&it.name)).filter(|name| *name != column);
        sets.extend(kept.map(|name| format!("{name} = {name}")));
        Batches {
            table: ident(&table.name),
            sets: sets.join(", "),
            key: key.collect(),
            batch: fill.batch,
            column,
        }
    }

    fn update(&self) -> String {
        format!("UPDATE {} SET {}", self.table, self.sets)
    }

    /// Whoever sets `@diesel_autogen_stepwise` calls the procedure again and again, a batch each time,
    /// until it leaves nothing in `@diesel_autogen_filled`.
    fn statements(&self) -> Vec<String> {
        let after: Vec<String> =
            self.places("after").iter().map(|it| format!("{it} = NULL")).collect();
        vec![
            format!("SET {}", after.join(", ")),
            format!("DROP PROCEDURE IF EXISTS {PROCEDURE}"),
            format!("CREATE PROCEDURE {PROCEDURE}()\nBEGIN\n{}\nEND", self.body()),
            format!("CALL {PROCEDURE}()"),
            format!("DROP PROCEDURE {PROCEDURE}"),
        ]
    }

    fn body(&self) -> String {
        let Batches { table, column, sets: _, key, batch } = self;
        let (after, upto) = (self.places("after"), self.places("upto"));
        let listed = |of: &dyn Fn(usize, &Key) -> String| {
            let each = key.iter().enumerate().map(|(at, key)| of(at + 1, key));
            each.collect::<Vec<_>>().join(", ")
        };
        let seen = listed(&|at, key| format!("{} AS autogen_{at}", key.seen));
        let order = listed(&|_, key| key.name.clone());
        let names = listed(&|at, _| format!("autogen_{at}"));
        let backwards = listed(&|at, _| format!("autogen_{at} DESC"));
        let none = listed(&|at, _| format!("{} = NULL", upto[at - 1]));
        let moved = listed(&|at, _| format!("{} = {}", after[at - 1], upto[at - 1]));
        let unfilled = |indent: &str| {
            let behind = beside(key, &after, (">", ">"));
            format!("{column} IS NULL\n{indent}AND ({} IS NULL OR {behind})", after[0])
        };
        [
            "    filling: LOOP".to_owned(),
            format!("        SET {none};"),
            format!("        SELECT {names} INTO {} FROM (", upto.join(", ")),
            format!("            SELECT {seen} FROM {table}"),
            format!("            WHERE {}", unfilled("                ")),
            format!("            ORDER BY {order} LIMIT {batch}"),
            format!("        ) AS batch ORDER BY {backwards} LIMIT 1;"),
            format!("        IF {} IS NULL THEN", upto[0]),
            "            SET @diesel_autogen_filled = NULL;".to_owned(),
            "            LEAVE filling;\n        END IF;".to_owned(),
            format!("        {}", self.update()),
            format!("        WHERE {}", unfilled("            ")),
            format!("            AND ({});", beside(key, &upto, ("<", "<="))),
            "        SET @diesel_autogen_filled = ROW_COUNT();\n        COMMIT;".to_owned(),
            format!("        SET {moved};"),
            "        IF @diesel_autogen_stepwise THEN LEAVE filling; END IF;".to_owned(),
            "    END LOOP;".to_owned(),
        ]
        .join("\n")
    }

    /// The variables of a place in the key.
    fn places(&self, which: &str) -> Vec<String> {
        (1..=self.key.len()).map(|at| format!("@diesel_autogen_{which}_{at}")).collect()
    }
}

/// That a row lies on one side of a place, by a sign for all columns of the key but the last and one
/// for that. Rows that are compared as a whole would not be found by the key.
fn beside(key: &[Key], places: &[String], (sign, last): (&str, &str)) -> String {
    match (key, places) {
        ([first, rest @ ..], [place, places @ ..]) if !rest.is_empty() => format!(
            "{0} {sign} {place} OR {0} = {place} AND ({1})",
            first.seen,
            beside(rest, places, (sign, last))
        ),
        ([first, ..], [place, ..]) => format!("{} {last} {place}", first.seen),
        ([], _) | (_, []) => "TRUE".to_owned(),
    }
}
