//! Types as values of their columns' lines.

use super::value::Inline;
use crate::facts::{Custom, Enum, MyType, PgType, SqlType};

/// Puts the type in front of what else a column's line says.
pub(super) fn put(out: &mut Inline<'_>, sql_type: &SqlType) {
    match sql_type {
        SqlType::Enum(Enum { name, schema, labels, comment }) => {
            out.text("enum", Some(name));
            out.text("enum_schema", schema.as_deref());
            let names: Vec<&str> = labels.iter().map(|label| label.name.as_ref()).collect();
            out.strings("labels", &names);
            out.text("enum_comment", comment.as_deref());
        }
        SqlType::Custom(Custom { name, sql }) => {
            out.text("custom", Some(name));
            out.text("sql", Some(sql));
        }
        SqlType::Text { max_length } => {
            out.text("type", Some(sql_type.diesel_name()));
            out.number("max_length", *max_length);
        }
        SqlType::Numeric { precision, scale } => {
            out.text("type", Some(sql_type.diesel_name()));
            out.number("precision", *precision);
            out.number("scale", *scale);
        }
        SqlType::Time { precision } | SqlType::Timestamp { precision } => {
            out.text("type", Some(sql_type.diesel_name()));
            out.number("precision", *precision);
        }
        SqlType::Pg(of) => put_pg_type(out, of),
        SqlType::My(of) => put_my_type(out, *of),
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Float
        | SqlType::Double
        | SqlType::Bool
        | SqlType::Binary
        | SqlType::Date
        | SqlType::TimestamptzSqlite
        | SqlType::Json
        | SqlType::Jsonb => out.text("type", Some(sql_type.diesel_name())),
    }
}

fn put_pg_type(out: &mut Inline<'_>, of: &PgType) {
    match of {
        // Arrays of arrays are arrays: the engine keeps no depth.
        PgType::Array(element) => {
            put(out, element);
            out.flag("array", true);
        }
        PgType::Bpchar { length } => {
            out.text("type", Some(of.diesel_name()));
            out.number("max_length", *length);
        }
        PgType::Timestamptz { precision } => {
            out.text("type", Some(of.diesel_name()));
            out.number("precision", *precision);
        }
        PgType::CChar
        | PgType::Cidr
        | PgType::Citext
        | PgType::Inet
        | PgType::Interval
        | PgType::MacAddr
        | PgType::MacAddr8
        | PgType::Money
        | PgType::Multirange(_)
        | PgType::Oid
        | PgType::PgLsn
        | PgType::Range(_)
        | PgType::Uuid
        | PgType::Varchar => out.text("type", Some(of.diesel_name())),
    }
}

fn put_my_type(out: &mut Inline<'_>, of: MyType) {
    match of {
        MyType::Unsigned(width) => {
            out.text("type", Some(width.diesel_name()));
            out.flag("unsigned", true);
        }
        MyType::Datetime { precision } => {
            out.text("type", Some(of.diesel_name()));
            out.number("precision", precision);
        }
        MyType::TinyInt
        | MyType::Char { .. }
        | MyType::Text(_)
        | MyType::Binary { .. }
        | MyType::Varbinary { .. }
        | MyType::Blob(_)
        | MyType::Bit { .. } => {
            out.text("type", Some(of.diesel_name()));
            out.number("max_length", of.length());
        }
    }
}
