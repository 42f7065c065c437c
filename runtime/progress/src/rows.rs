//! Questions whose answers are texts.

use std::fmt;

use diesel::connection::SimpleConnection;
use diesel::deserialize::{self, QueryableByName};
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::result::Error as DieselError;
use diesel::row::{Field, NamedRow, Row};
use diesel::{RunQueryDsl, sql_query};

/// The server would not do something, or not tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What it was asked for.
    pub what: String,
    /// What it says.
    pub reason: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.reason)
    }
}

/// The rows of a query, all of whose columns are texts; `what` is asked for.
pub(crate) fn texts(
    conn: &mut MysqlConnection,
    what: &str,
    sql: &str,
) -> Result<Vec<Vec<Option<String>>>, Refused> {
    let refused = |error: DieselError| Refused { what: what.to_owned(), reason: told(&error) };
    let found: Vec<Texts> = sql_query(sql).load(conn).map_err(refused)?;
    Ok(found.into_iter().map(|row| row.0).collect())
}

/// Runs a statement of ours.
pub(crate) fn execute(conn: &mut MysqlConnection, what: &str, sql: &str) -> Result<(), Refused> {
    conn.batch_execute(sql).map_err(|error| Refused { what: what.to_owned(), reason: told(&error) })
}

struct Texts(Vec<Option<String>>);

impl QueryableByName<Mysql> for Texts {
    fn build<'a>(row: &impl NamedRow<'a, Mysql>) -> deserialize::Result<Texts> {
        let field = |at: usize| {
            let field = Row::get(row, at);
            let value = field.as_ref().and_then(Field::value);
            let text = value.map(|value| std::str::from_utf8(value.as_bytes()).map(str::to_owned));
            Ok(text.transpose()?)
        };
        Ok(Texts((0..Row::field_count(row)).map(field).collect::<deserialize::Result<_>>()?))
    }
}

/// What the server says of a failure.
pub fn told(error: &DieselError) -> String {
    match error {
        DieselError::DatabaseError(_, info) => info.message().to_owned(),
        error => error.to_string(),
    }
}

/// A text as MySQL reads it: a backslash there says how to read what follows.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// The name in backticks.
pub fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}
