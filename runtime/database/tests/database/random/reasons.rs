//! Whether a refusal says what is so.

use std::collections::BTreeSet;

use diesel_autogen_evolve::{Allowed, Dialect, Refusal, decide};
use diesel_autogen_schema::{Change, Column, Expr, Live, Schema, Table, TableChange};

type Result<T = ()> = std::result::Result<T, String>;

/// Everything that a person can allow to be lost.
pub(crate) fn everything(before: &Schema) -> Allowed {
    let of_table = |table: &Table| {
        let columns = table.columns.iter().map(|it| format!("{}.{}", table.name, it.name));
        std::iter::once(table.name.to_string()).chain(columns).collect::<Vec<_>>()
    };
    Allowed { loss: before.tables.iter().flat_map(of_table).collect::<BTreeSet<_>>() }
}

/// Whether a person is still asked when every loss is allowed, and rightly so.
pub(crate) fn asks(changes: &[Change], allowed: &Allowed) -> Result<bool> {
    match decide(changes, Dialect::Sqlite, allowed) {
        Ok(()) => Ok(false),
        Err(refusals) => {
            for refusal in &refusals {
                sound(refusal, changes, None)?;
            }
            Ok(true)
        }
    }
}

/// Whether each refusal of a plan is right.
pub(crate) fn rightly(refusals: &[Refusal], changes: &[Change], live: &Live) -> Result {
    if refusals.is_empty() {
        return Err("refused without a reason".to_owned());
    }
    refusals.iter().try_for_each(|refusal| sound(refusal, changes, Some(live)))
}

fn sound(refusal: &Refusal, changes: &[Change], live: Option<&Live>) -> Result {
    let right = match (refusal, live) {
        (Refusal::NothingForRows { table: _, before, after }, None) => {
            let was_required = before.as_ref().is_some_and(|before| !before.nullable);
            // The database numbers a key that comes; what rows with NULL in it get is a question.
            let numbered = before.is_none() && after.identity.is_some();
            !was_required && !after.nullable && !is_filled(after) && !numbered
        }
        (Refusal::InUse { object, by }, Some(live)) => {
            let kind = ["view", "trigger", "index", "generated column", "a check", "a foreign key", "table"];
            (goes(object, changes) || is_left_behind(object, changes))
                && kind.iter().any(|kind| by.starts_with(kind))
                && by.split('`').nth(1).is_none_or(|name| is_by_hand(name, live))
        }
        (Refusal::Unsupported { object, reason: _ }, Some(_)) => {
            changes.iter().any(|change| matches!(change, Change::AlterTable(it)
                if it.before.name == *object
                    && it.before.columns.iter().all(|column| goes(&format!("{object}.{}", column.name), changes))))
        }
        (
            Refusal::ColumnRenamed { .. }
            | Refusal::TableRenamed { .. }
            | Refusal::Type { .. }
            | Refusal::Labels { .. }
            | Refusal::Dropped { .. }
            | Refusal::Loss { .. }
            | Refusal::NothingForRows { .. }
            | Refusal::InUse { .. }
            | Refusal::Unsupported { .. },
            _,
        ) => false,
    };
    if right { Ok(()) } else { Err(format!("refused for a reason that is none: {refusal:#?}")) }
}

fn is_filled(column: &Column) -> bool {
    let null = Expr::from("NULL");
    column.default.as_ref().or(column.backfill.as_ref()).is_some_and(|value| *value != null)
        || column.generated.is_some()
}

/// Whether the table or column is dropped.
fn goes(object: &str, changes: &[Change]) -> bool {
    let column = |change: &TableChange| {
        change.edits.iter().any(|edit| match edit {
            diesel_autogen_schema::Edit::Column(delta) => {
                delta.after().is_none()
                    && delta.before().is_some_and(|column| {
                        format!("{}.{}", change.before.name, column.name) == object
                    })
            }
            _ => false,
        })
    };
    changes.iter().any(|change| {
        change.dropped().is_some_and(|table| table.name == object)
            || change.altered().is_some_and(column)
    })
}

/// Whether the column was unique on its own and is no more.
fn is_left_behind(object: &str, changes: &[Change]) -> bool {
    let sole = |table: &Table, column: &str| {
        let alone =
            |columns: &[std::borrow::Cow<'static, str>]| matches!(columns, [it] if it == column);
        alone(&table.primary_key)
            || table.uniques.iter().any(|it| alone(&it.columns))
            || table.indexes.iter().any(|it| {
                it.unique
                    && it.predicate.is_none()
                    && matches!(&it.keys[..], [key] if key.is_column && key.expr.as_str() == column)
            })
    };
    changes.iter().filter_map(Change::altered).any(|change| {
        change.before.columns.iter().any(|column| {
            let renames = change.column_renames();
            let now = renames.iter().find(|(from, _)| *from == column.name).map(|(_, to)| *to);
            format!("{}.{}", change.before.name, column.name) == object
                && sole(&change.before, &column.name)
                && !sole(&change.after, now.unwrap_or(&column.name))
        })
    })
}

fn is_by_hand(name: &str, live: &Live) -> bool {
    let objects = live.objects.iter().map(|it| &it.name);
    let tables = live.schema.tables.iter();
    let parts = tables.flat_map(|table| {
        table.indexes.iter().map(|it| &it.name).chain(table.columns.iter().map(|it| &it.name))
    });
    let tables = live.schema.tables.iter().map(|it| &it.name);
    name.contains("hand") && objects.chain(tables).chain(parts).any(|it| it == name)
}
