//! Types that only MySQL and MariaDB have, in place of those that only SQLite has.

use super::{choice, number, rarely};
use crate::facts::{Column, Custom, Enum, Expr, Label, MyType, Size, SqlType, Table, Text, Width};

/// What a pair makes of types. Both sides are dressed alike, so that columns which refer to each
/// other stay of one type.
#[derive(Clone, Copy)]
pub(super) struct Flavour(u32);

/// The place of a column in the tables as they were.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    /// The table and the column by the names that they had.
    pub(super) name: &'a str,
    /// The column before the migration, on the side after it.
    pub(super) was: Option<&'a Column>,
}

const SHORT: SqlType = SqlType::Text { max_length: Some(40) };

impl Flavour {
    pub(super) fn of(tables: &[Table]) -> Flavour {
        let names: Vec<&str> =
            tables.iter().flat_map(|it| it.columns.iter()).map(|it| &*it.name).collect();
        Flavour(number(&names.join(" ")))
    }

    /// One of a list; what another list gives does not hang on it.
    fn pick<T: Clone>(self, what: &str, list: &[T]) -> T {
        choice(&self.0.to_string(), what, list)
    }

    /// The type that stands for one of the generator's, of a column that is `keyed` or is not: what
    /// is kept beside the row is no key.
    pub(super) fn sql_type(self, of: &SqlType, spot: Spot<'_>, keyed: bool) -> SqlType {
        use Width::{Big, Normal, Small, Tiny};
        let unsigned = |width| SqlType::My(MyType::Unsigned(width));
        match of {
            SqlType::SmallInt => self.pick(
                "small",
                &[SqlType::SmallInt, SqlType::My(MyType::TinyInt), unsigned(Small), unsigned(Tiny)],
            ),
            SqlType::Integer => self.pick("normal", &[SqlType::Integer, unsigned(Normal)]),
            SqlType::BigInt => self.pick("big", &[SqlType::BigInt, SqlType::BigInt, unsigned(Big)]),
            SqlType::Numeric { precision, scale } => SqlType::Numeric {
                precision: Some(precision.unwrap_or(12)),
                scale: Some(scale.unwrap_or(0)),
            },
            SqlType::Text { max_length: None } if keyed => SHORT,
            SqlType::Text { max_length: None } => of_texts(spot.name),
            SqlType::Text { max_length: Some(length) } => {
                SqlType::Text { max_length: Some((*length).min(120)) }
            }
            SqlType::Binary if keyed => SqlType::My(MyType::Varbinary { length: 20 }),
            SqlType::Binary => of_bytes(spot.name),
            SqlType::Time { .. } => {
                SqlType::Time { precision: self.pick("time", &[None, Some(2)]) }
            }
            SqlType::Timestamp { .. } => {
                SqlType::Timestamp { precision: self.pick("moment", &[None, Some(3)]) }
            }
            SqlType::TimestamptzSqlite => {
                let precision = self.pick("zoned", &[None, Some(6), Some(1)]);
                SqlType::My(MyType::Datetime { precision })
            }
            SqlType::Json | SqlType::Jsonb if keyed => SHORT,
            SqlType::Json | SqlType::Jsonb => SqlType::Json,
            SqlType::Custom(of) => custom(&of.name, spot.name, keyed),
            SqlType::Enum(of) => SqlType::Enum(enumeration(of, spot)),
            SqlType::Float
            | SqlType::Double
            | SqlType::Bool
            | SqlType::Date
            | SqlType::Pg(_)
            | SqlType::My(_) => of.clone(),
        }
    }
}

/// The labels, of which one may have another name after the migration.
fn enumeration(of: &Enum, spot: Spot<'_>) -> Enum {
    let Spot { name: spot, was } = spot;
    let mut of = of.clone();
    let same =
        |was: &&Column| matches!(&was.sql_type, SqlType::Enum(was) if was.labels == of.labels);
    if was.filter(same).is_some() && rarely(spot, "relabelled", 4) {
        let from = choice(spot, "label", &of.labels).name;
        let name = format!("{from} again").into();
        for label in of.labels.to_mut().iter_mut().filter(|it| it.name == from) {
            *label = Label { name: Text::clone(&name), renamed_from: Some(from.clone()) };
        }
    }
    of
}

fn of_texts(spot: &str) -> SqlType {
    let text = |size| SqlType::My(MyType::Text(size));
    let all = [text(Size::Tiny), text(Size::Medium), text(Size::Long), SHORT, SqlType::TEXT];
    choice(spot, "texts", &all)
}

fn of_bytes(spot: &str) -> SqlType {
    let blob = |size| SqlType::My(MyType::Blob(size));
    let short = SqlType::My(MyType::Varbinary { length: 30 });
    let all = [blob(Size::Tiny), blob(Size::Medium), blob(Size::Long), short, SqlType::Binary];
    choice(spot, "bytes", &all)
}

fn custom(name: &str, spot: &str, keyed: bool) -> SqlType {
    let other = |name: &'static str, sql: &'static str| {
        SqlType::Custom(Custom { name: name.into(), sql: sql.into() })
    };
    match name {
        "Uuid" => SqlType::My(MyType::Binary { length: 16 }),
        "Point" if !keyed => other("Point", "point"),
        // Few of them have an index that is about them alone.
        "Count" if !keyed && rarely(spot, "place", 2) => other("Point", "point"),
        "Point" | "Count" => SqlType::My(MyType::Bit { length: 5 }),
        "Citext" => SqlType::My(MyType::Char { length: 3 }),
        "Money" => SqlType::Numeric { precision: Some(10), scale: Some(2) },
        _ => other("Year", "year"),
    }
}

/// Whether the generator's type of this name becomes a text that is filled up.
pub(super) fn is_filled(name: &str) -> bool {
    name == "Citext"
}

pub(super) fn is_moment(of: &SqlType) -> bool {
    matches!(of, SqlType::Timestamp { .. } | SqlType::My(MyType::Datetime { .. }))
}

/// Whether values are kept beside the row, so that an index takes their beginning alone.
pub(super) fn is_long(of: &SqlType) -> bool {
    matches!(
        of,
        SqlType::Text { max_length: None }
            | SqlType::Binary
            | SqlType::My(MyType::Text(_) | MyType::Blob(_))
    )
}

/// Whether words are looked for in it.
pub(super) fn is_text(of: &SqlType) -> bool {
    matches!(of, SqlType::Text { .. } | SqlType::My(MyType::Text(_) | MyType::Char { .. }))
}

/// A default of a type, another where the generator's own was another.
pub(super) fn default(of: &SqlType, was: &str) -> Option<Expr> {
    let list: &[&str] = match of {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => &["7", "-5", "1 + 1"],
        SqlType::My(MyType::TinyInt) => &["7", "-5"],
        SqlType::My(MyType::Unsigned(_)) => &["7", "0"],
        SqlType::Float | SqlType::Double => &["1.5", "-2", "2 * 3"],
        SqlType::Numeric { .. } => &["1.00", "-2", "2 * 3"],
        SqlType::Bool => &["true", "0"],
        SqlType::Text { .. } | SqlType::My(MyType::Text(_)) => {
            &["'x;'", "''", "upper('abc')", "'''s'", "'back\\slash'"]
        }
        SqlType::My(MyType::Char { .. }) => &["'x'", "''"],
        SqlType::Binary | SqlType::My(MyType::Blob(_) | MyType::Varbinary { .. }) => {
            &["X'00ff'", "'x'"]
        }
        SqlType::My(MyType::Binary { .. }) => &["'0123456789abcdef'"],
        SqlType::My(MyType::Bit { .. }) => &["b'101'", "3"],
        SqlType::Date => &["'2024-02-29'", "CURRENT_DATE"],
        SqlType::Time { .. } => &["'12:34:56'"],
        SqlType::Timestamp { .. } | SqlType::My(MyType::Datetime { .. }) => {
            &["'2024-02-29 12:34:56'", "CURRENT_TIMESTAMP"]
        }
        SqlType::Json => &["'{\"a\": [1]}'", "'[]'"],
        SqlType::Custom(of) if of.sql == "year" => &["2024"],
        SqlType::Custom(_) => &["point(1, 2)"],
        SqlType::Enum(of) => {
            let label = of.labels.first()?;
            return Some(Expr::from(format!("'{}'", label.name.replace('\'', "''"))));
        }
        SqlType::TimestamptzSqlite | SqlType::Jsonb | SqlType::Pg(_) => &[],
    };
    let at = usize::try_from(number(was)).unwrap_or(0);
    (!list.is_empty()).then(|| Expr::from(list[at % list.len()]))
}

/// Whether a spatial index is made of it.
pub(super) fn is_place(of: &SqlType) -> bool {
    matches!(of, SqlType::Custom(of) if of.sql == "point")
}

/// Whether an index of words is made of a text, by its name.
pub(super) fn has_words(name: &str) -> bool {
    rarely(name, "words", 3)
}

/// Whether labels differ in the case of letters alone.
pub(super) fn has_like_labels(of: &SqlType) -> bool {
    let SqlType::Enum(of) = of else { return false };
    let mut labels: Vec<String> = of.labels.iter().map(|it| it.name.to_lowercase()).collect();
    labels.sort_unstable();
    labels.windows(2).any(|pair| pair[0] == pair[1])
}
