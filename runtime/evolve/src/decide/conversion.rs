use diesel_autogen_schema::{Dialect, Enum, SqlType};

use super::mysql;
use super::special::special;

/// What a change of type means for the values that rows hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// Every value stays as it is.
    Same,
    /// Every value fits.
    Widening,
    /// Some values may not fit; the fragment says which.
    Narrowing(&'static str),
    /// Labels go and nothing says what becomes of rows that hold them.
    LabelsGone(Vec<String>),
    /// Values of another kind: nothing but an expression can say what becomes of them.
    Cross,
}

impl Conversion {
    /// Whether every value is one of the new type by itself.
    pub(crate) fn fits(&self) -> bool {
        match self {
            Conversion::Same | Conversion::Widening => true,
            Conversion::Narrowing(_) | Conversion::LabelsGone(_) | Conversion::Cross => false,
        }
    }
}

/// What becomes of the values when a column of type `before` gets type `after`.
pub fn conversion(dialect: Dialect, before: &SqlType, after: &SqlType) -> Conversion {
    let special = match dialect {
        Dialect::Sqlite => None,
        Dialect::Postgres => special(before, after),
        Dialect::Mysql => mysql::special(before, after),
    };
    special.unwrap_or_else(|| plain(before, after))
}

/// What all engines have in common.
fn plain(before: &SqlType, after: &SqlType) -> Conversion {
    use Conversion::{Cross, Narrowing, Same, Widening};
    if before.same_facts(after) {
        return Same;
    }
    match (before, after) {
        (SqlType::Enum(a), SqlType::Enum(b)) => labels(a, b),
        (SqlType::Enum(_), SqlType::Text { max_length: None }) => Widening,
        (SqlType::Enum(_), SqlType::Text { max_length: Some(_) }) => {
            Narrowing("labels may be longer")
        }
        (SqlType::Text { .. }, SqlType::Enum(_)) => Narrowing("other texts are no label"),
        (SqlType::Text { max_length: a }, SqlType::Text { max_length: b }) => {
            if fits(*a, *b) {
                Widening
            } else {
                Narrowing("texts may be longer")
            }
        }
        (SqlType::Json, SqlType::Text { max_length: None }) => Widening,
        (SqlType::Text { .. }, SqlType::Json) => Narrowing("other texts are no JSON"),
        (
            SqlType::Date | SqlType::Time { .. } | SqlType::Timestamp { .. },
            SqlType::Text { max_length: None },
        )
        | (SqlType::TimestamptzSqlite, SqlType::Text { max_length: None }) => Widening,
        (
            SqlType::Numeric { precision: a, scale: s },
            SqlType::Numeric { precision: b, scale: t },
        ) => numeric((*a, *s), (*b, *t)),
        (SqlType::Time { precision: a }, SqlType::Time { precision: b })
        | (SqlType::Timestamp { precision: a }, SqlType::Timestamp { precision: b }) => {
            if fits(*a, *b) { Widening } else { Narrowing("fractions of seconds may be lost") }
        }
        (SqlType::Float, SqlType::Double) => Widening,
        (SqlType::Double, SqlType::Float) => Narrowing("digits may be lost"),
        (SqlType::Numeric { .. }, SqlType::Double | SqlType::Float) => {
            Narrowing("digits may be lost")
        }
        (SqlType::Custom(a), SqlType::Custom(b)) if a.sql.eq_ignore_ascii_case(&b.sql) => Same,
        (a, b) => match (digits(a), digits(b)) {
            (Some(a), Some(b)) if a <= b => Widening,
            (Some(_), Some(_)) => Narrowing("numbers may be larger"),
            (Some(digits), None) => from_integer(a, digits, b),
            (None, _) => Cross,
        },
    }
}

/// Decimal digits of an integer type; a boolean is the smallest of them.
fn digits(of: &SqlType) -> Option<u32> {
    match of {
        SqlType::Bool => Some(1),
        SqlType::SmallInt => Some(5),
        SqlType::Integer => Some(10),
        SqlType::BigInt => Some(19),
        SqlType::Float
        | SqlType::Double
        | SqlType::Numeric { .. }
        | SqlType::Text { .. }
        | SqlType::Binary
        | SqlType::Date
        | SqlType::Time { .. }
        | SqlType::Timestamp { .. }
        | SqlType::TimestamptzSqlite
        | SqlType::Json
        | SqlType::Jsonb
        | SqlType::Enum(_)
        | SqlType::Custom(_)
        | SqlType::Pg(_)
        | SqlType::My(_) => None,
    }
}

fn from_integer(before: &SqlType, digits: u32, after: &SqlType) -> Conversion {
    use Conversion::{Cross, Narrowing, Widening};
    // `true` as a number is a matter of taste, as a text it is none of the engine's.
    let number = *before != SqlType::Bool;
    match after {
        SqlType::Text { max_length } if number => {
            if fits(Some(digits + 1), *max_length) {
                Widening
            } else {
                Narrowing("numbers may be longer")
            }
        }
        SqlType::Float if number => {
            if digits <= 5 {
                Widening
            } else {
                Narrowing("digits may be lost")
            }
        }
        SqlType::Double if number => {
            if digits <= 10 {
                Widening
            } else {
                Narrowing("digits may be lost")
            }
        }
        SqlType::Numeric { precision, scale } if number => {
            numeric((Some(digits), Some(0)), (*precision, *scale))
        }
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Bool
        | SqlType::Float
        | SqlType::Double
        | SqlType::Numeric { .. }
        | SqlType::Text { .. }
        | SqlType::Binary
        | SqlType::Date
        | SqlType::Time { .. }
        | SqlType::Timestamp { .. }
        | SqlType::TimestamptzSqlite
        | SqlType::Json
        | SqlType::Jsonb
        | SqlType::Enum(_)
        | SqlType::Custom(_)
        | SqlType::Pg(_)
        | SqlType::My(_) => Cross,
    }
}

pub(super) fn fits(before: Option<u32>, after: Option<u32>) -> bool {
    match (before, after) {
        (_, None) => true,
        (Some(a), Some(b)) => a <= b,
        (None, Some(_)) => false,
    }
}

fn numeric(before: (Option<u32>, Option<u32>), after: (Option<u32>, Option<u32>)) -> Conversion {
    let (Some(to), scale) = after else { return Conversion::Widening };
    let to_scale = scale.unwrap_or(0);
    let wide = before.0.is_some_and(|from| {
        let from_scale = before.1.unwrap_or(0);
        from_scale <= to_scale && from.saturating_sub(from_scale) <= to.saturating_sub(to_scale)
    });
    if wide { Conversion::Widening } else { Conversion::Narrowing("digits may be lost") }
}

pub(super) fn labels(before: &Enum, after: &Enum) -> Conversion {
    let gone: Vec<String> = before
        .labels
        .iter()
        .filter(|old| relabelled(&old.name, before, after).is_none())
        .map(|old| old.name.to_string())
        .collect();
    if gone.is_empty() { Conversion::Widening } else { Conversion::LabelsGone(gone) }
}

/// The label that rows with `old` hold after. Hints of both sides are read, so that the inverse
/// of a change maps back.
pub(crate) fn relabelled<'a>(old: &str, before: &'a Enum, after: &'a Enum) -> Option<&'a str> {
    let has = |of: &'a Enum, name: &str| of.labels.iter().find(|label| label.name == name);
    if let Some(same) = has(after, old) {
        return Some(&same.name);
    }
    let forward = after.labels.iter().find(|label| label.renamed_from.as_deref() == Some(old));
    let backward = || {
        let hint = has(before, old)?.renamed_from.as_deref()?;
        has(after, hint)
    };
    forward.or_else(backward).map(|label| label.name.as_ref())
}
