//! Parameters of types: lengths and digits.

use diesel_autogen_schema::{Dialect, MyType, PgType, SqlType};

use crate::dialect::{has_time_digits, settled};

/// Parameters of a column's type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// `max_length = …`
    pub max_length: Option<u32>,
    /// `precision = …`
    pub precision: Option<u32>,
    /// `scale = …`
    pub scale: Option<u32>,
}

impl Sizes {
    /// The type with these parameters.
    ///
    /// # Errors
    /// Why the type does not take them.
    pub fn apply(self, ty: SqlType, dialect: Dialect) -> Result<SqlType, String> {
        sized(ty, self, dialect)
    }
}

/// Most digits that PostgreSQL keeps of a second.
const MOST_TIME_DIGITS: u32 = 6;

/// The type with its parameters, as the engine keeps it.
pub(crate) fn sized(ty: SqlType, sizes: Sizes, dialect: Dialect) -> Result<SqlType, String> {
    settled(dialect, with(ty, sizes, dialect)?)
}

/// The type with its parameters; those of a list are its elements'.
fn with(ty: SqlType, sizes: Sizes, dialect: Dialect) -> Result<SqlType, String> {
    let Sizes { max_length, precision, scale } = sizes;
    if sizes == Sizes::default() {
        return Ok(ty);
    }
    let number = || Err("only a Numeric column has `precision` and `scale`".to_owned());
    let text = precision.is_none() && scale.is_none();
    match ty {
        SqlType::Pg(PgType::Array(of)) => with((*of).clone(), sizes, dialect).map(SqlType::array),
        SqlType::Text { max_length: own } if text => {
            Ok(SqlType::Text { max_length: max_length.or(own) })
        }
        SqlType::Pg(PgType::Varchar) if text => Ok(SqlType::Text { max_length }),
        SqlType::Pg(PgType::Bpchar { length }) if text => {
            Ok(SqlType::Pg(PgType::Bpchar { length: max_length.or(length) }))
        }
        SqlType::Binary if text && dialect == Dialect::Mysql => {
            Ok(max_length.map_or(ty, |length| SqlType::My(MyType::Varbinary { length })))
        }
        SqlType::My(own) if text && own.length().is_some() => {
            let sized = max_length.and_then(|length| MyType::sized(own.diesel_name(), length));
            Ok(SqlType::My(sized.unwrap_or(own)))
        }
        SqlType::Text { .. } | SqlType::Pg(PgType::Varchar | PgType::Bpchar { .. }) => number(),
        ty if max_length.is_some() => {
            Err(format!("only text has a `max_length`, and this is {}", ty.diesel_name()))
        }
        SqlType::Numeric { .. } if precision == Some(0) => {
            Err("nothing fits into 0 characters or digits".to_owned())
        }
        SqlType::Numeric { precision: p, scale: s } => {
            Ok(SqlType::Numeric { precision: precision.or(p), scale: scale.or(s) })
        }
        ty if has_time_digits(dialect) && is_time(&ty) => timed(ty, precision, scale),
        ty => Err(format!(
            "only a Numeric column has `precision` and `scale`, and this is {}",
            ty.diesel_name()
        )),
    }
}

fn is_time(ty: &SqlType) -> bool {
    matches!(
        ty,
        SqlType::Time { .. }
            | SqlType::Timestamp { .. }
            | SqlType::Pg(PgType::Timestamptz { .. })
            | SqlType::My(MyType::Datetime { .. })
    )
}

fn timed(ty: SqlType, digits: Option<u32>, scale: Option<u32>) -> Result<SqlType, String> {
    if scale.is_some() {
        return Err(format!(
            "only a Numeric column has a `scale`, and this is {}",
            ty.diesel_name()
        ));
    }
    if digits.is_some_and(|digits| digits > MOST_TIME_DIGITS) {
        return Err(format!("a second has at most {MOST_TIME_DIGITS} digits here"));
    }
    Ok(match ty {
        SqlType::Time { precision } => SqlType::Time { precision: digits.or(precision) },
        SqlType::Timestamp { precision } => SqlType::Timestamp { precision: digits.or(precision) },
        SqlType::Pg(PgType::Timestamptz { precision }) => {
            SqlType::Pg(PgType::Timestamptz { precision: digits.or(precision) })
        }
        SqlType::My(MyType::Datetime { precision }) => {
            SqlType::My(MyType::Datetime { precision: digits.or(precision) })
        }
        other => other,
    })
}
