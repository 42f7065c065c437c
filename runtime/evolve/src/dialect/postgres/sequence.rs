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
        | Extra::Prefix(_) => None,
    };
    column.extras.iter().filter_map(option).collect()
}

/// What makes the options of one column those of another, each without a word in front.
pub(crate) fn option_changes(before: &Column, after: &Column) -> Vec<String> {
    let (old, new) = (options(before), options(after));
    let mut changes: Vec<String> = new.iter().filter(|it| !old.contains(it)).cloned().collect();
    let word = |option: &str| option.split(' ').next().unwrap_or_default().to_owned();
    let gone = old.iter().map(|it| word(it)).filter(|it| !new.iter().any(|n| word(n) == *it));
    changes.extend(gone.map(|it| {
        match it.as_str() {
            "START" => "START WITH 1",
            "INCREMENT" => "INCREMENT BY 1",
            "MINVALUE" => "NO MINVALUE",
            "MAXVALUE" => "NO MAXVALUE",
            "CACHE" => "CACHE 1",
            _ => "NO CYCLE",
        }
        .to_owned()
    }));
    changes
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
    let number = |pick: fn(&Extra) -> Option<i64>| column.extras.iter().find_map(pick);
    let increment = number(|it| if let Extra::Increment(by) = it { Some(*by) } else { None });
    let start = number(|it| if let Extra::Start(at) = it { Some(*at) } else { None });
    let (last, reached) =
        if increment.is_some_and(|by| by < 0) { ("min", "<=") } else { ("max", ">=") };
    let start = start.unwrap_or(if last == "min" { -1 } else { 1 });
    format!(
        "SELECT setval({name}, {last}({column_name})) FROM {} \
         HAVING {last}({column_name}) {reached} {start}",
        place(table)
    )
}
