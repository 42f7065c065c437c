//! Keys that the database makes up, and the sequences behind them.

use diesel_autogen_schema::{Column, Extra, Identity, OwnPlace, Place, SqlType, names};

use super::quote::{ident, place, regclass};
use super::render::default_value;
use super::types::spelled;

/// The sequence behind a column, when it has one.
pub(crate) fn of(table: Place<'_>, column: &Column) -> Option<OwnPlace> {
    column.identity?;
    Some(named(table, &column.name))
}

fn named(table: Place<'_>, column: &str) -> OwnPlace {
    let name = names::sequence(table.name, column);
    OwnPlace { schema: table.schema.map(|it| it.to_owned().into()), name: name.into() }
}

/// Whether the name is longer than PostgreSQL's own names are without being cut.
fn is_long(table: Place<'_>, column: &str) -> bool {
    table.name.len() + column.len() + "__seq".len() > names::MAX_BYTES
}

/// Whether a serial column needs its sequence made by a statement of its own, because `SERIAL`
/// cannot say what is wanted.
pub(crate) fn is_apart(table: Place<'_>, column: &Column) -> bool {
    column.identity == Some(Identity::Serial)
        && (column.nullable
            || is_long(table, &column.name)
            || !options(column).is_empty()
            || integer(&column.sql_type).is_none())
}

fn integer(of: &SqlType) -> Option<String> {
    match of {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => Some(spelled(of)),
        _ => None,
    }
}

/// `GENERATED … AS IDENTITY`.
pub(crate) fn clause(table: Place<'_>, column: &Column) -> Option<String> {
    let kind = kind(column.identity?)?;
    let mut options = options(column);
    if is_long(table, &column.name) {
        options.insert(0, format!("SEQUENCE NAME {}", place(named(table, &column.name).place())));
    }
    let options =
        if options.is_empty() { String::new() } else { format!(" ({})", options.join(" ")) };
    Some(format!("GENERATED {kind} AS IDENTITY{options}"))
}

/// How inserts may treat the column; `None` for a serial one, which has a default.
pub(crate) fn kind(identity: Identity) -> Option<&'static str> {
    match identity {
        // PostgreSQL never gives out a number twice.
        Identity::ByDefault | Identity::Autoincrement => Some("BY DEFAULT"),
        Identity::Always => Some("ALWAYS"),
        Identity::Serial => None,
    }
}

/// The default of a column, that of a sequence among them, unless `SERIAL` says it.
pub(crate) fn default(table: Place<'_>, column: &Column) -> Option<String> {
    if is_apart(table, column) {
        return Some(next(table, column));
    }
    if column.identity.is_some() {
        return None;
    }
    column.default.as_ref().map(|default| default_value(default.as_str()))
}

/// What asks a sequence for a number.
pub(crate) fn next(table: Place<'_>, column: &Column) -> String {
    format!("nextval({})", regclass(&named(table, &column.name)))
}

/// The options that differ from what a sequence does by itself.
pub(crate) fn options(column: &Column) -> Vec<String> {
    let option = |extra: &Extra| match extra {
        Extra::Start(it) => Some(format!("START WITH {it}")),
        Extra::Increment(it) => Some(format!("INCREMENT BY {it}")),
        Extra::Least(it) => Some(format!("MINVALUE {it}")),
        Extra::Greatest(it) => Some(format!("MAXVALUE {it}")),
        Extra::Cache(it) => Some(format!("CACHE {it}")),
        Extra::Cycle => Some("CYCLE".to_owned()),
        Extra::Method(_)
        | Extra::Include(_)
        | Extra::NullsNotDistinct
        | Extra::Collate(_)
        | Extra::Opclass(_)
        | Extra::NullsFirst
        | Extra::NullsLast
        | Extra::Deferrable(_)
        | Extra::MatchFull
        | Extra::SetColumns(_)
        | Extra::With(..)
        | Extra::Comment(_)
        | Extra::Engine(_)
        | Extra::OnUpdateNow
        | Extra::Prefix(_)
        | Extra::Retired(_)
        | Extra::Follows(_)
        | Extra::FollowsBy(_) => None,
    };
    column.extras.iter().filter_map(option).collect()
}

/// What makes the options of one column those of another, each without a word in front. They are
/// one change: the server looks at all of them together.
pub(crate) fn option_changes(before: &Column, after: &Column) -> Vec<String> {
    let (old, new) = (options(before), options(after));
    let word = |option: &str| option.split(' ').next().unwrap_or_default().to_owned();
    let has = |options: &[String], which: &str| options.iter().any(|it| word(it) == which);
    let fresh = new.iter().filter(|it| word(it) != "START" && !old.contains(it));
    let mut changes: Vec<String> = fresh.cloned().collect();
    if start(before) != start(after) {
        changes.push(format!("START WITH {}", start(after)));
    }
    // Which bounds there are without being told depends on the direction.
    let turns = counts_down(before) != counts_down(after);
    for (which, usual) in [
        ("INCREMENT", "INCREMENT BY 1"),
        ("MINVALUE", "NO MINVALUE"),
        ("MAXVALUE", "NO MAXVALUE"),
        ("CACHE", "CACHE 1"),
        ("CYCLE", "NO CYCLE"),
    ] {
        let is_bound = which == "MINVALUE" || which == "MAXVALUE";
        if !has(&new, which) && (has(&old, which) || turns && is_bound) {
            changes.push(usual.to_owned());
        }
    }
    changes
}

/// Whether the sequence goes on in the other direction, so that where it stood means nothing.
pub(crate) fn turns(before: &Column, after: &Column) -> bool {
    counts_down(before) != counts_down(after)
}

fn number(column: &Column, pick: fn(&Extra) -> Option<i64>) -> Option<i64> {
    column.extras.iter().find_map(pick)
}

fn counts_down(column: &Column) -> bool {
    let by = number(column, |it| if let Extra::Increment(by) = it { Some(*by) } else { None });
    by.is_some_and(|by| by < 0)
}

/// The first number, given or not.
fn start(column: &Column) -> i64 {
    let start = number(column, |it| if let Extra::Start(at) = it { Some(*at) } else { None });
    let usual = if counts_down(column) { -1 } else { 1 };
    start.or(bound(column)).unwrap_or(usual)
}

/// The bound that the sequence counts away from, where one is given.
fn bound(column: &Column) -> Option<i64> {
    if counts_down(column) {
        number(column, |it| if let Extra::Greatest(at) = it { Some(*at) } else { None })
    } else {
        number(column, |it| if let Extra::Least(at) = it { Some(*at) } else { None })
    }
}

/// Brings a sequence to a bound that it would lie beyond, which the server would refuse. Numbers
/// on the way were never given, and are not from now on.
pub(crate) fn make_room(table: Place<'_>, before: &Column, after: &Column) -> Option<String> {
    let new = bound(after).filter(|_| bound(before) != bound(after) && !turns(before, after))?;
    let name = named(table, &after.name);
    Some(format!(
        "SELECT setval({}, {new}, false) FROM {} WHERE last_value {} {new}",
        regclass(&name),
        place(name.place()),
        if counts_down(after) { ">" } else { "<" }
    ))
}

/// What keeps the place of another sequence out where it lies beyond a bound of this one.
pub(crate) fn within(before: &Column, after: &Column) -> Option<String> {
    let new = bound(after).filter(|_| bound(before) != bound(after))?;
    Some(format!(" WHERE last_value {} {new}", if counts_down(after) { "<=" } else { ">=" }))
}

/// `CREATE SEQUENCE` for a serial column.
pub(crate) fn create(table: Place<'_>, column: &Column) -> String {
    let of = integer(&column.sql_type).filter(|it| it != "BIGINT");
    let of = of.map(|it| format!(" AS {it}")).unwrap_or_default();
    let options: String = options(column).iter().map(|it| format!(" {it}")).collect();
    format!("CREATE SEQUENCE {}{of}{options}", place(named(table, &column.name).place()))
}

/// `ALTER SEQUENCE … OWNED BY`: it goes when the column goes.
pub(crate) fn own(table: Place<'_>, column: &Column) -> String {
    let name = named(table, &column.name);
    format!(
        "ALTER SEQUENCE {} OWNED BY {}.{}",
        place(name.place()),
        place(table),
        ident(&column.name)
    )
}

/// Counts on from what rows hold.
pub(crate) fn count_on(table: Place<'_>, column: &Column) -> String {
    let (name, column_name) = (regclass(&named(table, &column.name)), ident(&column.name));
    let (last, reached) = if counts_down(column) { ("min", "<=") } else { ("max", ">=") };
    // Keys beyond its end are none of its own.
    let end = match counts_down(column) {
        true => number(column, |it| if let Extra::Least(at) = it { Some(*at) } else { None }),
        false => number(column, |it| if let Extra::Greatest(at) = it { Some(*at) } else { None }),
    };
    let within = if counts_down(column) { ">=" } else { "<=" };
    let own = end.map(|end| format!(" WHERE {column_name} {within} {end}"));
    format!(
        "SELECT setval({name}, {last}({column_name})) FROM {}{} \
         HAVING {last}({column_name}) {reached} {}",
        place(table),
        own.unwrap_or_default(),
        start(column)
    )
}
