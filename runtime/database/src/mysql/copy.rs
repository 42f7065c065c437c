//! The copy of a database, made of what the server says of it.

use diesel::connection::SimpleConnection;
use diesel::mysql::MysqlConnection;
use diesel_autogen_progress::{Object, objects, quoted, told};

use super::rows::rows;
use crate::{Error, Value};

/// Copies everything from the database of `from`, which is called `name`, to the empty one of `to`.
pub(super) fn copy(
    from: &mut MysqlConnection,
    name: &str,
    to: &mut MysqlConnection,
) -> Result<(), Error> {
    // A row whose number is 0 keeps it.
    run(
        to,
        "SET foreign_key_checks = 0, unique_checks = 0, @autogen_sql_mode = @@SESSION.sql_mode, \
         SESSION sql_mode = CONCAT(@@SESSION.sql_mode, ',NO_AUTO_VALUE_ON_ZERO')",
    )?;
    let objects = objects(from)?;
    for object in objects.iter().filter(|it| it.kind == "TABLE") {
        run(to, &object.create(from)?)?;
    }
    for (table, columns) in filled(from)? {
        let (table, name) = (quoted(&table), quoted(name));
        run(to, &format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM {name}.{table}"))?;
    }
    // A view may look at another, and a routine at either.
    let mut rest: Vec<&Object> = objects.iter().filter(|it| it.kind != "TABLE").collect();
    while !rest.is_empty() {
        let mut left = Vec::new();
        let mut failed = None;
        for object in &rest {
            let sql = object.create(from)?;
            if let Err(error) = run(to, &sql) {
                failed = Some(error);
                left.push(*object);
            }
        }
        if let (Some(error), true) = (failed, left.len() == rest.len()) {
            return Err(error);
        }
        rest = left;
    }
    run(
        to,
        "SET foreign_key_checks = DEFAULT, unique_checks = DEFAULT, \
         SESSION sql_mode = @autogen_sql_mode",
    )
}

/// Tables with rows, and their columns that are not computed.
fn filled(conn: &mut MysqlConnection) -> Result<Vec<(String, String)>, Error> {
    let found = ask(
        conn,
        "SELECT c.table_name, c.column_name FROM information_schema.columns c \
         JOIN information_schema.tables t ON t.table_schema = DATABASE() \
         AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE' \
         WHERE c.table_schema = DATABASE() AND COALESCE(c.generation_expression, '') = '' \
         ORDER BY 1, c.ordinal_position",
    )?;
    let mut tables: Vec<(String, String)> = Vec::new();
    for row in &found {
        let [Value::Text(table), Value::Text(column)] = &row[..] else { continue };
        match tables.last_mut().filter(|(last, _)| last == table) {
            Some((_, columns)) => columns.push_str(&format!(", {}", quoted(column))),
            None => tables.push((table.clone(), quoted(column))),
        }
    }
    Ok(tables)
}

fn ask(conn: &mut MysqlConnection, sql: &str) -> Result<Vec<Vec<Value>>, Error> {
    rows(conn, sql).map_err(|reason| Error::Query { what: "the database".to_owned(), reason })
}

fn run(conn: &mut MysqlConnection, sql: &str) -> Result<(), Error> {
    conn.batch_execute(sql)
        .map_err(|error| Error::Statement { statement: sql.to_owned(), reason: told(&error) })
}
