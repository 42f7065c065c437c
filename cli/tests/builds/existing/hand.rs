//! Types that an application taught Diesel by hand.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{Integer, SmallInt, Text};
use diesel::sqlite::{Sqlite, SqliteValue};
use crate::db::schema::sql_types;

macro_rules! by_hand {
    ($rust:ty, $sql:ty) => {
        impl FromSql<$sql, Sqlite> for $rust {
            fn from_sql(_: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> { Err("not read here".into()) }
        }
        impl ToSql<$sql, Sqlite> for $rust {
            fn to_sql<'b>(&'b self, _: &mut Output<'b, '_, Sqlite>) -> serialize::Result { Err("not read here".into()) }
        }
    };
}

#[derive(Debug, FromSqlRow, AsExpression)]
#[diesel(sql_type = Text)]
pub struct Url(pub String);
by_hand!(Url, Text);

#[derive(Debug, FromSqlRow, AsExpression)]
#[diesel(sql_type = Integer, sql_type = SmallInt)]
pub enum Status { Fine, Gone }
by_hand!(Status, Integer);
by_hand!(Status, SmallInt);

#[derive(Debug, FromSqlRow, AsExpression)]
#[diesel(sql_type = Text)]
pub struct Words<T: std::fmt::Debug>(pub Vec<T>);
by_hand!(Words<u8>, Text);

#[derive(Debug, FromSqlRow, AsExpression)]
#[diesel(sql_type = sql_types::Language)]
pub enum Language { En, De }
by_hand!(Language, sql_types::Language);
