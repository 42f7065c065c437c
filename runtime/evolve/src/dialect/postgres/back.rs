//! What required columns hold that come back: with a revision that makes them anew, or with one that
//! only let go of them, which a later one dropped.

use diesel_autogen_schema::{Column, Delta, ForeignKey, PgType, SqlType, Table};

use super::alter::{Context, Direction, Statements};
use super::fill::{Way, announce, set};
use super::op::Alteration;
use super::quote::{expr, ident, place};
use super::rule::rules;
use super::types::{blank, numbered};

/// What a value is made of that differs from row to row.
pub(super) const NUMBER: &str = "rows.number";

/// Whether a column can refer to nothing but a table that comes back without rows.
pub(crate) fn is_orphan(table: &Table, column: &Column, context: &Context<'_>) -> bool {
    keys(table, column).any(|key| context.makes(key.target()))
}

fn keys<'t>(table: &'t Table, column: &Column) -> impl Iterator<Item = &'t ForeignKey> {
    table.foreign_keys.iter().filter(|key| key.columns.contains(&column.name))
}

/// What a required column that comes back is filled with: the first row that it may refer to,
/// something that differs from row to row where it must, or a blank.
pub(super) fn stand_in(it: &Alteration, column: &Column, context: &Context<'_>) -> Way {
    if let Some(own) = own_parent(it, column) {
        // Each row refers to itself.
        return match &own.generated {
            // What is computed comes behind what it is computed from.
            Some(generated) => Way::From(format!("({})", expr(generated.expr.as_str()))),
            None if leads_back(it, own) => made_up(it, column),
            None => Way::From(ident(&own.name)),
        };
    }
    let Some((key, at)) = reference(it, column) else { return made_up(it, column) };
    let of = place(key.target());
    let references: Vec<String> = key.references.iter().map(|name| ident(name)).collect();
    // What it refers to may get back the type of before behind it.
    let later = context.in_the_end(key.target(), &key.references[at]);
    Way::From(match &references[..] {
        [one] if later.is_none() && has_least(&column.sql_type) => {
            format!("(SELECT min({one}) FROM {of})")
        }
        [one] => {
            let one = later.as_ref().unwrap_or(one);
            format!("(SELECT {one} FROM {of} ORDER BY 1 LIMIT 1)")
        }
        // What it is filled with together with others is of one row.
        several => {
            let (one, order) = (later.as_ref().unwrap_or(&several[at]), several.join(", "));
            let (from, fits) = fitting(it, key, at, context).unwrap_or((of, String::new()));
            format!("(SELECT {one} FROM {from}{fits} ORDER BY {order} LIMIT 1)")
        }
    })
}

/// What to select from, and the condition on a row that it fits what the key refers by otherwise, as
/// far as that is there.
fn fitting(
    it: &Alteration,
    key: &ForeignKey,
    at: usize,
    context: &Context<'_>,
) -> Option<(String, String)> {
    let table = &it.after;
    let alias = if table.name == "referred" { "referred_to" } else { "referred" };
    let pairs = key.columns.iter().zip(key.references.iter()).enumerate();
    let others = pairs.filter(|(other, _)| *other != at).filter_map(|(_, (own, reference))| {
        let (before, after) = (it.before.column(own)?, table.column(own)?);
        let same = before.sql_type.same_facts(&after.sql_type)
            && context.in_the_end(key.target(), reference).is_none();
        let (name, reference) = (ident(own), ident(reference));
        let own = format!("{}.{name}", ident(&table.name));
        let fits = format!("{alias}.{reference} = {own}");
        same.then(|| match before.nullable {
            true => format!("({own} IS NULL OR {fits})"),
            false => fits,
        })
    });
    let others: Vec<String> = others.collect();
    let from = format!("{} AS {alias}", place(key.target()));
    (!others.is_empty()).then(|| (from, format!(" WHERE {}", others.join(" AND "))))
}

/// The first key of a column, and which of its references is the column's.
fn reference<'i>(it: &'i Alteration, column: &Column) -> Option<(&'i ForeignKey, usize)> {
    let key = keys(&it.after, column).next()?;
    let at = key.columns.iter().position(|name| *name == column.name)?;
    (at < key.references.len()).then_some((key, at))
}

/// The column of the same table that a column refers to, when that comes as well.
fn own_parent<'i>(it: &'i Alteration, column: &Column) -> Option<&'i Column> {
    let (key, at) = reference(it, column)?;
    let parent =
        it.after.column(&key.references[at]).filter(|_| key.target() == it.after.place())?;
    let is_filled = |delta: &Delta<Column>| delta.after().is_some_and(|it| it.name == parent.name);
    let comes = match it.leaves {
        // What is computed is so from what comes.
        true => parent.generated.is_some() || it.columns.iter().any(is_filled),
        false => it.before.column(&parent.name).is_none(),
    };
    comes.then_some(parent)
}

/// Whether going from a column to what it refers to ends nowhere.
fn leads_back(it: &Alteration, column: &Column) -> bool {
    let mut at = column;
    for _ in &it.after.columns[..] {
        match own_parent(it, at) {
            Some(parent) => at = parent,
            None => return false,
        }
    }
    true
}

/// New columns in the order in which they are filled: those first that others refer to.
pub(crate) fn in_turn<'c>(it: &Alteration, added: &[&'c Column]) -> Vec<&'c Column> {
    let most = it.after.columns.len();
    let depth = |column: &Column| {
        let first = own_parent(it, column);
        let parents = std::iter::successors(first, |at| own_parent(it, at)).take(most);
        // What is computed may be computed from any of them.
        parents.map(|parent| if parent.generated.is_some() { most } else { 1 }).sum::<usize>()
    };
    let mut ordered = added.to_vec();
    ordered.sort_by_key(|column| depth(column));
    ordered
}

/// Whether the server finds the least of several values by `min`.
fn has_least(of: &SqlType) -> bool {
    match of {
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Float
        | SqlType::Double
        | SqlType::Numeric { .. }
        | SqlType::Text { .. }
        | SqlType::Date
        | SqlType::Time { .. }
        | SqlType::Timestamp { .. }
        | SqlType::Enum(_) => true,
        SqlType::TimestamptzSqlite
        | SqlType::Bool
        | SqlType::Binary
        | SqlType::Json
        | SqlType::Jsonb
        | SqlType::Custom(_)
        | SqlType::My(_) => false,
        SqlType::Pg(of) => {
            matches!(of, PgType::Timestamptz { .. } | PgType::Varchar | PgType::Bpchar { .. })
        }
    }
}

/// Whether rows may want something else each in a column that comes back, so that a blank will not do.
pub(crate) fn is_held(table: &Table, column: &Column) -> bool {
    let unique = rules(table).iter().any(|rule| rule.keeps_apart(&column.name));
    keys(table, column).next().is_some() || unique && numbered(&column.sql_type, NUMBER).is_some()
}

fn made_up(it: &Alteration, column: &Column) -> Way {
    let unique = rules(&it.after).iter().any(|rule| rule.keeps_apart(&column.name));
    match numbered(&column.sql_type, NUMBER).filter(|_| unique) {
        Some(value) => Way::From(value),
        None => blank(&column.sql_type).map_or(Way::Nothing, Way::Constant),
    }
}

/// The `UPDATE` that gives every row of a new column a number of its own.
pub(super) fn number(it: &Alteration, column: &Column, value: &str) -> String {
    let table = place(it.after.place());
    format!(
        "UPDATE {table} SET {} = {value}\n    FROM (SELECT ctid AS place, row_number() OVER () AS \
         number FROM {table}) AS rows\n    WHERE {table}.ctid = rows.place",
        ident(&column.name)
    )
}

/// The `UPDATE` that gives every row which holds nothing a number that none has.
fn number_empty(it: &Alteration, column: &Column, value: &str) -> String {
    let (table, name) = (place(it.after.place()), ident(&column.name));
    [
        format!("UPDATE {table} SET {name} = fresh.value"),
        "    FROM (".to_owned(),
        format!("        SELECT ctid AS place, row_number() OVER () AS at FROM {table}"),
        format!("        WHERE {name} IS NULL"),
        "    ) AS empty JOIN (".to_owned(),
        "        SELECT value, row_number() OVER () AS at FROM (".to_owned(),
        format!("            SELECT {value} AS value"),
        format!("            FROM generate_series(1, (SELECT count(*) FROM {table})) AS rows (number)"),
        "        ) AS numbers".to_owned(),
        format!(
            "        WHERE NOT EXISTS (SELECT 1 FROM {table} AS taken WHERE taken.{name} = numbers.value)"
        ),
        "    ) AS fresh USING (at)".to_owned(),
        format!("    WHERE {table}.ctid = empty.place"),
    ]
    .join("\n")
}

/// The statements by which columns that go later need no value any more, or need one again.
pub(crate) fn loosened(it: &Alteration, context: &Context<'_>) -> Vec<String> {
    let mut out = Statements::new(it.after.place());
    let columns: Vec<&Column> = it.columns.iter().filter_map(Delta::after).collect();
    let back = context.direction == Direction::Down;
    for column in in_turn(it, &columns).into_iter().filter(|_| back) {
        refill(it, column, &mut out, context);
    }
    let to = if back { "SET" } else { "DROP" };
    for column in columns {
        out.action(format!("ALTER COLUMN {} {to} NOT NULL", ident(&column.name)));
    }
    out.finish()
}

/// Fills NULL, and nothing else: what was written before it went, and meanwhile, stays.
fn refill(it: &Alteration, column: &Column, out: &mut Statements<'_>, context: &Context<'_>) {
    match stand_in(it, column, context) {
        Way::From(value) if value.contains(NUMBER) => {
            announce(it, out, context);
            out.statement(number_empty(it, column, &value));
        }
        Way::From(value) | Way::Constant(value) => {
            set(it, column, (&value, Some("IS NULL")), out, context);
        }
        Way::Itself | Way::Nothing => {}
    }
}
