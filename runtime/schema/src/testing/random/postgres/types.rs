//! Types that only PostgreSQL has, in place of those that only SQLite has.

use super::{choice, number, place, rarely};
use crate::facts::{Column, Custom, Enum, Expr, Label, PgType, RangeOf, SqlType, Table, Text};

/// What a pair makes of types. Both sides are dressed alike, so that columns which refer to each
/// other stay of one type.
#[derive(Clone, Copy)]
pub(super) struct Flavour {
    seed: u32,
    /// Whether a label of the enum that lists are of has another name, as it may after a migration.
    relabelled: bool,
}

/// The column of an enum whose label may have another name after a migration.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    /// The table and the column by the names that they had.
    pub(super) name: &'a str,
    /// The column before the migration, on the side after it.
    pub(super) was: Option<&'a Column>,
}

impl Flavour {
    pub(super) fn of<'a>(tables: impl Iterator<Item = &'a Table>) -> Flavour {
        let columns = tables.flat_map(|it| it.columns.iter());
        let names: Vec<&str> = columns.map(|it| &*it.name).collect();
        Flavour { seed: number(&names.join(" ")), relabelled: false }
    }

    /// The same after the migration.
    pub(super) fn after(self) -> Flavour {
        Flavour { relabelled: self.pick("relabelled", &[true, false, false]), ..self }
    }

    /// One of a list; what another list gives does not hang on it.
    fn pick<T: Clone>(self, what: &str, list: &[T]) -> T {
        choice(&self.seed.to_string(), what, list)
    }

    /// The type that stands for one of the generator's, in a column that is part of a key or an
    /// index or in none.
    pub(super) fn sql_type(self, of: &SqlType, spot: Spot<'_>, is_keyed: bool) -> SqlType {
        match of {
            SqlType::Float => self.pick("float", &[of.clone(), self.span("floats")]),
            SqlType::Double => self.pick("double", &[of.clone(), self.token("doubles")]),
            SqlType::Binary => {
                self.pick("binary", &[of.clone(), self.strange("binaries", is_keyed)])
            }
            SqlType::Text { max_length: Some(_) } => {
                self.pick("short", &[of.clone(), self.short("shorts")])
            }
            SqlType::TimestamptzSqlite => {
                let precision = self.pick("zoned", &[None, Some(3), Some(0)]);
                SqlType::Pg(PgType::Timestamptz { precision })
            }
            SqlType::Time { .. } => {
                SqlType::Time { precision: self.pick("time", &[None, Some(2)]) }
            }
            // Documents as text are equal to nothing, so they can be no key.
            SqlType::Json if is_keyed || rarely(spot.name, "document", 2) => SqlType::Jsonb,
            SqlType::Enum(of) => enumeration(of, spot),
            SqlType::Custom(of) => match &*of.name {
                "Uuid" => self.token("uuids"),
                "Point" => self.list("points", is_keyed),
                "Citext" => self.short("citexts"),
                "Count" | "Money" => self.strange(&of.name, is_keyed),
                _ => self.span("spans"),
            },
            other => other.clone(),
        }
    }

    fn span(self, what: &str) -> SqlType {
        let over = self.pick(
            &format!("{what} over"),
            &[
                RangeOf::Int4,
                RangeOf::Int8,
                RangeOf::Num,
                RangeOf::Ts,
                RangeOf::Tstz,
                RangeOf::Date,
            ],
        );
        let of = [PgType::Range(over), PgType::Range(over), PgType::Multirange(over)];
        SqlType::Pg(self.pick(what, &of))
    }

    fn token(self, what: &str) -> SqlType {
        SqlType::Pg(self.pick(
            what,
            &[
                PgType::Uuid,
                PgType::Oid,
                PgType::MacAddr,
                PgType::MacAddr8,
                PgType::PgLsn,
                PgType::Interval,
            ],
        ))
    }

    fn short(self, what: &str) -> SqlType {
        let own = [
            PgType::Varchar,
            PgType::Bpchar { length: Some(3) },
            PgType::Bpchar { length: None },
            PgType::Citext,
            PgType::CChar,
        ];
        self.pick(what, &[&own.map(SqlType::Pg)[..], &[named(DOMAIN)]].concat())
    }

    fn list(self, what: &str, is_keyed: bool) -> SqlType {
        // The server cannot compare lists of numbers with a precision for a foreign key.
        let precision = (!is_keyed).then_some(8);
        let decimal = SqlType::Numeric { precision, scale: precision.map(|_| 2) };
        let of = [SqlType::Integer, SqlType::TEXT, decimal, listed(self.relabelled)];
        SqlType::array(self.pick(what, &of))
    }

    fn strange(self, what: &str, is_keyed: bool) -> SqlType {
        let own = [PgType::Inet, PgType::Cidr, PgType::Money].map(SqlType::Pg);
        let others =
            [named(COMPOSITE), named(LABELS), self.list(&format!("{what} listed"), is_keyed)];
        self.pick(what, &[own, others].concat())
    }
}

/// The domain of [`TYPES`].
const DOMAIN: &str = "short_text";

/// The composite type of [`TYPES`].
const COMPOSITE: &str = "amount_of";

/// A type of an extension.
pub(super) const LABELS: &str = "ltree";

/// Makes the types that somebody made by hand and that columns of pairs have.
pub const TYPES: &str = "CREATE DOMAIN public.short_text AS text CHECK (length(VALUE) < 900);
CREATE TYPE public.amount_of AS (amount numeric(12, 2), unit text);";

/// A type that columns have by its name.
fn named(sql: &'static str) -> SqlType {
    SqlType::Custom(Custom { name: sql.into(), sql: sql.into() })
}

/// An enum that lists are of.
fn listed(relabelled: bool) -> SqlType {
    let label = |name: &'static str| Label { name: name.into(), renamed_from: None };
    let mut labels = ["a b", "it's"].map(label).to_vec();
    if relabelled {
        labels[1] = Label { name: "it is".into(), renamed_from: Some("it's".into()) };
    }
    SqlType::Enum(Enum::new("listed", labels))
}

fn enumeration(of: &Enum, spot: Spot<'_>) -> SqlType {
    let Spot { name: spot, was } = spot;
    let mut labels = of.labels.clone();
    let same =
        |was: &&Column| matches!(&was.sql_type, SqlType::Enum(was) if was.labels == of.labels);
    if was.filter(same).is_some() && rarely(spot, "relabelled", 5) {
        let labels = labels.to_mut();
        let at = (number(spot) >> 8) as usize % labels.len();
        let from = labels[at].name.clone();
        labels[at] = Label { name: format!("{from} again").into(), renamed_from: Some(from) };
    }
    let name = format!("{} {:x}", of.name, number(spot)).into();
    // What is said of it changes with its labels.
    let remarked = rarely(&format!("{spot} {}", labels.len()), "remark", 3);
    let comment = remarked.then(|| Text::from("it's \"a list\""));
    SqlType::Enum(Enum { name, schema: place(spot).schema, labels, comment })
}

/// The extension that a type needs.
pub(super) fn extension(of: &SqlType) -> Option<Text> {
    match of {
        SqlType::Pg(PgType::Citext) => Some("citext".into()),
        SqlType::Custom(of) if of.sql == LABELS => Some("ltree".into()),
        _ => None,
    }
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
        SqlType::Custom(of) if of.sql == LABELS => &["'a.b'", "''"],
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
