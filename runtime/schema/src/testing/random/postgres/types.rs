//! Types that only PostgreSQL has, in place of those that only SQLite has.

use super::{number, place, rarely};
use crate::facts::{Custom, Enum, Expr, Label, PgType, RangeOf, SqlType, Table, Text};

/// What a pair makes of types. Both sides are dressed alike, so that columns which refer to each
/// other stay of one type.
#[derive(Clone, Copy)]
pub(super) struct Flavour(u32);

impl Flavour {
    pub(super) fn of(tables: &[Table]) -> Flavour {
        let names: Vec<&str> =
            tables.iter().flat_map(|it| it.columns.iter()).map(|it| &*it.name).collect();
        Flavour(number(&names.join(" ")))
    }

    fn pick<T: Clone>(self, list: &[T]) -> T {
        list[self.0 as usize % list.len()].clone()
    }

    /// The type that stands for one of the generator's, in a column that is part of a key or an
    /// index or in none.
    pub(super) fn sql_type(self, of: &SqlType, spot: &str, is_keyed: bool) -> SqlType {
        match of {
            SqlType::TimestamptzSqlite => {
                let precision = self.pick(&[None, Some(3), Some(0)]);
                SqlType::Pg(PgType::Timestamptz { precision })
            }
            SqlType::Time { .. } => SqlType::Time { precision: self.pick(&[None, Some(2)]) },
            // Documents as text are equal to nothing, so they can be no key.
            SqlType::Json if is_keyed || rarely(spot, "document", 2) => SqlType::Jsonb,
            SqlType::Enum(of) => enumeration(of, spot),
            SqlType::Custom(of) => self.custom(of),
            other => other.clone(),
        }
    }

    fn custom(self, of: &Custom) -> SqlType {
        let ranges =
            [RangeOf::Int4, RangeOf::Int8, RangeOf::Num, RangeOf::Ts, RangeOf::Tstz, RangeOf::Date];
        let list = |of: SqlType| match SqlType::array(of) {
            SqlType::Pg(list) => list,
            _ => PgType::Uuid,
        };
        let pg = |of: PgType| SqlType::Pg(of);
        match &*of.name {
            "Uuid" => pg(self.pick(&[
                PgType::Uuid,
                PgType::Uuid,
                PgType::Oid,
                PgType::MacAddr,
                PgType::PgLsn,
            ])),
            "Point" => pg(self.pick(&[
                list(SqlType::Integer),
                list(SqlType::TEXT),
                list(SqlType::Numeric { precision: Some(8), scale: Some(2) }),
                list(listed()),
            ])),
            "Count" => pg(self.pick(&[PgType::Inet, PgType::Cidr, PgType::MacAddr8])),
            "Citext" => self.pick(&[
                pg(PgType::Varchar),
                pg(PgType::Bpchar { length: Some(3) }),
                pg(PgType::Citext),
                pg(PgType::CChar),
                pg(PgType::Bpchar { length: None }),
                named(DOMAIN),
            ]),
            "Money" => self.pick(&[pg(PgType::Interval), pg(PgType::Money), named(COMPOSITE)]),
            _ if self.0.is_multiple_of(3) => pg(PgType::Multirange(self.pick(&ranges))),
            _ => pg(PgType::Range(self.pick(&ranges))),
        }
    }
}

/// The domain of [`TYPES`].
const DOMAIN: &str = "short_text";

/// The composite type of [`TYPES`].
const COMPOSITE: &str = "amount_of";

/// Makes the types that somebody made by hand and that columns of pairs have.
pub const TYPES: &str = "CREATE DOMAIN public.short_text AS text CHECK (length(VALUE) < 900);
CREATE TYPE public.amount_of AS (amount numeric(12, 2), unit text);";

/// A type that columns have by its name.
fn named(sql: &'static str) -> SqlType {
    SqlType::Custom(Custom { name: sql.into(), sql: sql.into() })
}

/// An enum that lists are of.
fn listed() -> SqlType {
    let label = |name: &'static str| Label { name: name.into(), renamed_from: None };
    SqlType::Enum(Enum::new("listed", ["a b", "it's"].map(label).to_vec()))
}

fn enumeration(of: &Enum, spot: &str) -> SqlType {
    let labels = of.labels.clone();
    let name = format!("{} {:x}", of.name, number(spot)).into();
    // What is said of it changes with its labels.
    let remarked = rarely(&format!("{spot} {}", labels.len()), "remark", 3);
    let comment = remarked.then(|| Text::from("it's \"a list\""));
    SqlType::Enum(Enum { name, schema: place(spot).schema, labels, comment })
}

/// The extension that a type needs.
pub(super) fn extension(of: &SqlType) -> Option<Text> {
    (*of == SqlType::Pg(PgType::Citext)).then(|| "citext".into())
}

/// A default of a type, another where the generator's own was another.
pub(super) fn default(of: &SqlType, was: &str) -> Option<Expr> {
    let list: &[&str] = match of {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => &["7", "'-5'", "1 + 1"],
        SqlType::Float | SqlType::Double | SqlType::Numeric { .. } => &["1.5", "'-2'", "2 * 3"],
        SqlType::Bool => &["true", "false"],
        SqlType::Text { .. } => &["'x;'", "''", "upper('abc')", "'''s'"],
        SqlType::Binary => &["'\\x00ff'"],
        SqlType::Date => &["'2024-02-29'", "CURRENT_DATE"],
        SqlType::Time { .. } => &["'12:34:56'", "LOCALTIME"],
        SqlType::Timestamp { .. } => &["'2024-02-29 12:34:56'", "LOCALTIMESTAMP"],
        SqlType::Json | SqlType::Jsonb => &["'{\"a\": [1]}'", "'[]'"],
        SqlType::Pg(of) => of_postgres(of),
        SqlType::Custom(of) if of.sql == DOMAIN => &["'x;'", "''"],
        SqlType::Custom(of) if of.sql == COMPOSITE => &["ROW(1.5, 'it''s')", "'(2,)'"],
        SqlType::Enum(of) => {
            let label = of.labels.first()?;
            return Some(Expr::from(format!("'{}'", label.name.replace('\'', "''"))));
        }
        _ => &[],
    };
    let at = usize::try_from(number(was)).unwrap_or(0);
    (!list.is_empty()).then(|| Expr::from(list[at % list.len()]))
}

fn of_postgres(of: &PgType) -> &'static [&'static str] {
    match of {
        PgType::Array(of) => match &**of {
            SqlType::Enum(_) => &["'{\"a b\"}'", "'{}'"],
            _ => &["'{1,2}'", "'{}'"],
        },
        PgType::Bpchar { .. } | PgType::CChar => &["'x'", "''"],
        PgType::Citext | PgType::Varchar => &["'x;'", "''", "'''s'"],
        PgType::Cidr => &["'10.0.0.0/8'"],
        PgType::Inet => &["'10.0.0.1'"],
        PgType::Interval => &["'1 day'"],
        PgType::MacAddr => &["'08:00:2b:01:02:03'"],
        PgType::MacAddr8 => &["'08:00:2b:01:02:03:04:05'"],
        PgType::Money => &["'1.50'", "'0'"],
        PgType::Multirange(of) => match of {
            RangeOf::Int4 | RangeOf::Int8 | RangeOf::Num => &["'{[1,5)}'"],
            RangeOf::Ts | RangeOf::Tstz | RangeOf::Date => &["'{[2024-01-01,2024-02-01)}'"],
        },
        PgType::Oid => &["7", "'0'"],
        PgType::PgLsn => &["'0/16B3748'"],
        PgType::Range(of) => match of {
            RangeOf::Int4 | RangeOf::Int8 | RangeOf::Num => &["'[1,5)'", "'empty'"],
            RangeOf::Ts | RangeOf::Tstz | RangeOf::Date => &["'[2024-01-01,2024-02-01)'"],
        },
        PgType::Timestamptz { .. } => &["'2024-02-29 12:34:56+00'", "now()"],
        PgType::Uuid => &["gen_random_uuid()"],
    }
}
