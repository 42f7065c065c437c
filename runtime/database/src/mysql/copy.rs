//! The copy of a database, made of what the server says of it.

use diesel::connection::SimpleConnection;
use diesel::mysql::MysqlConnection;

use super::connection::told;
use super::rows::{quoted, rows};
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

/// A table, a view, a trigger, a routine or an event.
pub(super) struct Object {
    /// As the server calls it.
    pub(super) kind: String,
    pub(super) name: String,
    /// The statement that makes it, where it is known.
    made: Option<String>,
}

/// Everything that can be made again, functions before what may call them.
pub(super) fn objects(conn: &mut MysqlConnection) -> Result<Vec<Object>, Error> {
    let mut found = ask(
        conn,
        "SELECT CASE table_type WHEN 'VIEW' THEN 'VIEW' ELSE 'TABLE' END AS kind, \
         table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() \
         AND table_type IN ('BASE TABLE', 'VIEW') \
         UNION ALL SELECT routine_type, routine_name FROM information_schema.routines \
         WHERE routine_schema = DATABASE() ORDER BY 1, 2",
    )?;
    // What a statement that is prepared cannot show is put together.
    found.extend(ask(conn, TRIGGERS)?);
    found.extend(ask(conn, EVENTS)?);
    let object = |row: Vec<Value>| {
        let text = |at: usize| row.get(at).and_then(Value::as_text).map(str::to_owned);
        Some(Object { kind: text(0)?, name: text(1)?, made: text(2) })
    };
    Ok(found.into_iter().filter_map(object).collect())
}

const TRIGGERS: &str = "SELECT 'TRIGGER', trigger_name, CONCAT('CREATE TRIGGER `', \
    REPLACE(trigger_name, '`', '``'), '` ', action_timing, ' ', event_manipulation, ' ON `', \
    REPLACE(event_object_table, '`', '``'), '` FOR EACH ROW ', action_statement) \
    FROM information_schema.triggers WHERE event_object_schema = DATABASE() \
    ORDER BY event_object_table, action_order, trigger_name";

const EVENTS: &str = "SELECT 'EVENT', event_name, CONCAT('CREATE EVENT `', \
    REPLACE(event_name, '`', '``'), '` ON SCHEDULE ', \
    COALESCE(CONCAT('AT ''', execute_at, ''''), \
    CONCAT('EVERY ''', interval_value, ''' ', interval_field, ' STARTS ''', starts, '''', \
    COALESCE(CONCAT(' ENDS ''', ends, ''''), ''))), ' ON COMPLETION ', on_completion, \
    IF(status = 'ENABLED', ' ENABLE', ' DISABLE'), ' DO ', event_definition) \
    FROM information_schema.events WHERE event_schema = DATABASE() ORDER BY event_name";

impl Object {
    /// The statement that makes it.
    pub(super) fn create(&self, conn: &mut MysqlConnection) -> Result<String, Error> {
        if let Some(sql) = &self.made {
            return Ok(sql.clone());
        }
        if let Some(sql) = &self.made {
            return Ok(sql.clone());
        }
        let sql = format!("SHOW CREATE {} {}", self.kind, quoted(&self.name));
        let found = ask(conn, &sql)?;
        // A table and a view have it behind their name, a routine behind a setting.
        let at = match self.kind.as_str() {
            "TABLE" | "VIEW" => 1,
            _ => 2,
        };
        let text = found.first().and_then(|row| row.get(at)?.as_text());
        text.map(str::to_owned).ok_or_else(|| Error::Query {
            what: format!("{} {}", self.kind.to_lowercase(), self.name),
            reason: "the server does not show how it is made: its user may not see it".to_owned(),
        })
    }
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
