//! The rows of a query that only its author knows the shape of.

use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::mysql::data_types::MysqlTime;
use diesel::mysql::{Mysql, MysqlConnection, MysqlType, MysqlValue};
use diesel::row::{Field, NamedRow, Row};
use diesel::sql_types::Datetime;
use diesel::{RunQueryDsl, sql_query};
use diesel_autogen_progress::told;

use crate::Value;

/// The rows of a query. Whole and floating point numbers are numbers, bits and bytes that are no
/// text are bytes, everything else is text as the server writes it.
pub(crate) fn rows(conn: &mut MysqlConnection, sql: &str) -> Result<Vec<Vec<Value>>, String> {
    let found: Vec<Plain> = sql_query(sql).load(conn).map_err(|error| told(&error))?;
    Ok(found.into_iter().map(|row| row.0).collect())
}

/// A row of any shape.
struct Plain(Vec<Value>);

impl QueryableByName<Mysql> for Plain {
    fn build<'a>(row: &impl NamedRow<'a, Mysql>) -> deserialize::Result<Plain> {
        let field = |at: usize| {
            let field = Row::get(row, at);
            match field.as_ref().and_then(Field::value) {
                Some(value) => decode(value),
                None => Ok(Value::Null),
            }
        };
        Ok(Plain((0..Row::field_count(row)).map(field).collect::<Result<_, _>>()?))
    }
}

fn decode(value: MysqlValue<'_>) -> deserialize::Result<Value> {
    let bytes = value.as_bytes();
    let signed = |size: usize| {
        let mut wide = [if bytes[size - 1] & 0x80 == 0 { 0 } else { 0xff }; 8];
        wide[..size].copy_from_slice(&bytes[..size]);
        Value::Integer(i64::from_le_bytes(wide))
    };
    let unsigned = |size: usize| {
        let mut wide = [0; 8];
        wide[..size].copy_from_slice(&bytes[..size]);
        let number = u64::from_le_bytes(wide);
        i64::try_from(number).map_or_else(|_| Value::Text(number.to_string()), Value::Integer)
    };
    let text = || match std::str::from_utf8(bytes) {
        Ok(text) => Value::Text(text.to_owned()),
        Err(_) => Value::Blob(bytes.to_vec()),
    };
    Ok(match value.value_type() {
        MysqlType::Tiny => signed(1),
        MysqlType::Short => signed(2),
        MysqlType::Long => signed(4),
        MysqlType::LongLong => signed(8),
        MysqlType::UnsignedTiny => unsigned(1),
        MysqlType::UnsignedShort => unsigned(2),
        MysqlType::UnsignedLong => unsigned(4),
        MysqlType::UnsignedLongLong => unsigned(8),
        MysqlType::Float => Value::Real(f64::from(<f32 as FromSql<
            diesel::sql_types::Float,
            Mysql,
        >>::from_sql(value)?)),
        MysqlType::Double => {
            Value::Real(<f64 as FromSql<diesel::sql_types::Double, Mysql>>::from_sql(value)?)
        }
        of @ (MysqlType::Date | MysqlType::DateTime | MysqlType::Timestamp | MysqlType::Time) => {
            moment(of, <MysqlTime as FromSql<Datetime, Mysql>>::from_sql(value)?)
        }
        MysqlType::Bit => Value::Blob(bytes.to_vec()),
        MysqlType::Numeric
        | MysqlType::String
        | MysqlType::Blob
        | MysqlType::Set
        | MysqlType::Enum => text(),
        _ => text(),
    })
}

fn moment(of: MysqlType, at: MysqlTime) -> Value {
    let date = format!("{:04}-{:02}-{:02}", at.year, at.month, at.day);
    let fraction =
        if at.second_part == 0 { String::new() } else { format!(".{:06}", at.second_part) };
    let time = format!("{:02}:{:02}:{:02}{fraction}", at.hour, at.minute, at.second);
    Value::Text(match of {
        MysqlType::Date => date,
        MysqlType::Time => time,
        _ => format!("{date} {time}"),
    })
}
