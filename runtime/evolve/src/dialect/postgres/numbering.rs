//! Keys that the database makes up, from now on, no more, or in another way.

use diesel_autogen_schema::{Column, Identity, OwnPlace};

use super::alter::{Direction, Statements};
use super::quote::{ident, place, regclass};
use super::sequence;
use super::types::spelled;

/// A column before and after.
pub(crate) type Changed<'c> = (&'c Column, &'c Column);

/// The column in which the key goes on to be made up, instead of this one, which follows it from
/// now on.
pub(crate) fn heir<'c>(giver: Changed<'_>, changed: &[Changed<'c>]) -> Option<Changed<'c>> {
    let (before, after) = giver;
    let found = changed.iter().copied().find(|(was, is)| {
        was.identity.is_none()
            && is.identity == before.identity
            && sequence::options(is) == sequence::options(before)
            && after.extras.follows() == Some(&is.name)
    });
    found.filter(|_| before.identity.is_some() && after.identity.is_none())
}

/// The database goes on making up the key, in another column.
pub(crate) fn hand_over(
    giver: Changed<'_>,
    heir: &Column,
    out: &mut Statements<'_>,
    direction: Direction,
) {
    let (was, is) = (Column { name: giver.1.name.clone(), ..giver.0.clone() }, giver.1);
    let table = out.table;
    let (column, giver) = (ident(&heir.name), ident(&is.name));
    let (Some(old), Some(new)) = (sequence::of(table, &was), sequence::of(table, heir)) else {
        return;
    };
    if heir.identity.and_then(sequence::kind).is_some() {
        let clause = sequence::clause(table, heir).unwrap_or_default();
        out.action(format!("ALTER COLUMN {column} ADD {clause}"));
        let (new, old) = (regclass(&new), place(old.place()));
        out.statement(format!("SELECT setval({new}, last_value, is_called) FROM {old}"));
        out.action(format!("ALTER COLUMN {giver} DROP IDENTITY"));
    } else {
        // It keeps its name, which is that of the column that is not called otherwise in the end.
        let kept = match direction {
            Direction::Up => new,
            Direction::Down => old,
        };
        let (of, name) = (spelled(&heir.sql_type), place(kept.place()));
        out.statement(format!("ALTER SEQUENCE {name} AS {of}"));
        let next = format!("nextval({})", regclass(&kept));
        out.action(format!("ALTER COLUMN {column} SET DEFAULT {next}"));
        out.action(format!("ALTER COLUMN {giver} DROP DEFAULT"));
        out.statement(format!("ALTER SEQUENCE {name} OWNED BY {}.{column}", place(table)));
    }
    // A column that is numbered cannot hold nothing.
    if is.nullable && !was.nullable {
        out.action(format!("ALTER COLUMN {giver} DROP NOT NULL"));
    }
}

/// The database stops making up the key, unless it goes on in another way.
pub(crate) fn unnumber(before: &Column, after: &Column, out: &mut Statements<'_>) {
    let (Some(was), None) = (before.identity, after.identity) else { return };
    let column = ident(&after.name);
    if sequence::kind(was).is_some() {
        out.action(format!("ALTER COLUMN {column} DROP IDENTITY"));
        return;
    }
    out.action(format!("ALTER COLUMN {column} DROP DEFAULT"));
    if let Some(name) = sequence::of(out.table, before) {
        out.statement(format!("DROP SEQUENCE {}", place(name.place())));
    }
}

/// The database makes up the key from now on, or does it in another way.
pub(crate) fn renumber(before: &Column, after: &Column, out: &mut Statements<'_>) {
    let Some(now) = after.identity else { return };
    let column = ident(&after.name);
    let table = out.table;
    match (before.identity, sequence::kind(now)) {
        (None, Some(_)) => {
            let clause = sequence::clause(table, after).unwrap_or_default();
            out.action(format!("ALTER COLUMN {column} ADD {clause}"));
            out.statement(sequence::count_on(table, after));
        }
        (None, None) => {
            out.statement(sequence::create(table, after));
            out.action(format!(
                "ALTER COLUMN {column} SET DEFAULT {}",
                sequence::next(table, after)
            ));
            out.statement(sequence::own(table, after));
            out.statement(sequence::count_on(table, after));
        }
        (Some(was), _) => renumbered(was, now, before, after, out),
    }
}

fn renumbered(
    was: Identity,
    now: Identity,
    before: &Column,
    after: &Column,
    out: &mut Statements<'_>,
) {
    let (column, table) = (ident(&after.name), out.table);
    let Some(name) = sequence::of(table, after) else { return };
    let changes = sequence::option_changes(before, after);
    let turns = sequence::turns(before, after);
    match (sequence::kind(was), sequence::kind(now)) {
        (Some(old), Some(new)) => {
            out.statements(sequence::make_room(table, before, after));
            if old != new {
                out.action(format!("ALTER COLUMN {column} SET GENERATED {new}"));
            }
            if !changes.is_empty() {
                let again = if turns { " RESTART" } else { "" };
                let changes = changes.join(" SET ");
                out.action(format!("ALTER COLUMN {column} SET {changes}{again}"));
            }
        }
        (None, None) => {
            out.statements(sequence::make_room(table, before, after));
            let retyped = spelled(&before.sql_type) != spelled(&after.sql_type);
            let of = retyped.then(|| format!(" AS {}", spelled(&after.sql_type)));
            let changes: String = changes.iter().map(|it| format!(" {it}")).collect();
            let again = if turns { " RESTART" } else { "" };
            let changes = of.unwrap_or_default() + &changes + again;
            if !changes.is_empty() {
                out.statement(format!("ALTER SEQUENCE {}{changes}", place(name.place())));
            }
        }
        (None, Some(_)) => return exchanged(before, after, &name, true, out),
        (Some(_), None) => return exchanged(before, after, &name, false, out),
    }
    if turns {
        out.statement(sequence::count_on(table, after));
    }
}

/// A sequence takes the place of another, and goes on where that one stood.
fn exchanged(
    before: &Column,
    after: &Column,
    name: &OwnPlace,
    to_identity: bool,
    out: &mut Statements<'_>,
) {
    let (column, table) = (ident(&after.name), out.table);
    let aside = OwnPlace { name: format!("autogen_{}", name.name).into(), ..name.clone() };
    let other = place(aside.place());
    let named = place(name.place());
    out.statement(format!("ALTER SEQUENCE {named} RENAME TO {}", ident(&aside.name)));
    let carry = match sequence::turns(before, after) {
        true => sequence::count_on(table, after),
        false => {
            let beyond = sequence::within(before, after);
            let (name, beyond) = (regclass(name), beyond.unwrap_or_default());
            format!("SELECT setval({name}, last_value, is_called) FROM {other}{beyond}")
        }
    };
    if to_identity {
        out.action(format!("ALTER COLUMN {column} DROP DEFAULT"));
        let clause = sequence::clause(table, after).unwrap_or_default();
        out.action(format!("ALTER COLUMN {column} ADD {clause}"));
        out.statement(carry);
        out.statement(format!("DROP SEQUENCE {other}"));
    } else {
        out.statement(sequence::create(table, after));
        out.statement(carry);
        out.action(format!("ALTER COLUMN {column} DROP IDENTITY"));
        out.action(format!("ALTER COLUMN {column} SET DEFAULT {}", sequence::next(table, after)));
        out.statement(sequence::own(table, after));
    }
}
