//! What `information_schema` says of a database.

use diesel::mysql::MysqlConnection;
use diesel_autogen_progress::literal;
use diesel_autogen_schema::Flavour;

use super::super::rows::rows;
use super::is_ours;
use crate::{Error, Value};

/// Everything that was asked.
pub(super) struct Catalogue {
    pub(super) database: String,
    pub(super) flavour: Flavour,
    pub(super) release: (u16, u16, u16),
    pub(super) collation: String,
    /// Name, engine, collation and comment.
    pub(super) tables: Vec<Record>,
    /// Table, name, default, whether it may be `NULL`, kind of type, type, collation, what else it
    /// does, expression and comment.
    pub(super) columns: Vec<Record>,
    /// Table, name, whether it takes a key twice, column, direction, prefix, kind, comment and
    /// expression, key by key.
    pub(super) keys: Vec<Record>,
    /// Table, name, condition and whether it belongs to one column.
    pub(super) checks: Vec<Record>,
    /// Table, name, column, and the database, table and column that it refers to; what happens on
    /// an update and a deletion.
    pub(super) references: Vec<Record>,
    /// Name and query.
    pub(super) views: Vec<Record>,
    /// Name, table, moment, event and statement.
    pub(super) triggers: Vec<Record>,
    /// Name, kind, what it returns and body.
    pub(super) routines: Vec<Record>,
    /// Routine, kind, direction, name, type and place among its like.
    pub(super) parameters: Vec<Record>,
    /// Name and body.
    pub(super) events: Vec<Record>,
}

/// One line of an answer.
pub(super) struct Record(Vec<Value>);

impl Record {
    /// A text, empty where there is none.
    pub(super) fn text(&self, at: usize) -> &str {
        self.known(at).unwrap_or_default()
    }

    /// A text, if there is one.
    pub(super) fn known(&self, at: usize) -> Option<&str> {
        self.0.get(at).and_then(Value::as_text)
    }

    /// A number, if there is one.
    pub(super) fn number(&self, at: usize) -> Option<i64> {
        match self.0.get(at)? {
            Value::Integer(number) => Some(*number),
            Value::Text(text) => text.parse().ok(),
            Value::Null | Value::Real(_) | Value::Blob(_) => None,
        }
    }
}

impl Catalogue {
    /// Asks for all of it. Tables of ours are left out.
    pub(super) fn read(conn: &mut MysqlConnection) -> Result<Catalogue, Error> {
        let mut ask = |what: &str, sql: &str| -> Result<Vec<Record>, Error> {
            let found =
                rows(conn, sql).map_err(|reason| Error::Query { what: what.to_owned(), reason })?;
            Ok(found.into_iter().map(Record).collect())
        };
        let server = ask("the server", "SELECT VERSION(), DATABASE(), @@collation_database")?;
        let text = |at: usize| server.first().map(|it| it.text(at).to_owned()).unwrap_or_default();
        let (flavour, release) = release(&text(0));
        let database = text(1);
        let queries = Queries { flavour, name: literal(&database) };
        let mut catalogue = Catalogue {
            tables: ask("the tables", &queries.tables())?,
            columns: ask("the columns", &queries.columns())?,
            keys: ask("the indexes", &queries.keys())?,
            checks: ask("the conditions", &queries.checks())?,
            references: ask("the foreign keys", &queries.references())?,
            views: ask("the views", &queries.views())?,
            triggers: ask("the triggers", &queries.triggers())?,
            routines: ask("the routines", &queries.routines())?,
            parameters: Vec::new(),
            events: ask("the events", &queries.events())?,
            database,
            flavour,
            release,
            collation: text(2),
        };
        // To find these the server reads those of all its databases.
        if !catalogue.routines.is_empty() {
            catalogue.parameters = ask("the parameters of routines", &queries.parameters())?;
        }
        let by = |it: &Record, at: &[usize]| -> Vec<String> {
            at.iter().map(|at| it.text(*at).to_owned()).collect()
        };
        catalogue.routines.sort_by_key(|it| by(it, &[1, 0]));
        catalogue.parameters.retain(|it| it.number(5).is_some_and(|at| at > 0));
        catalogue.parameters.sort_by_key(|it| (by(it, &[1, 0]), it.number(5)));
        for list in [
            &mut catalogue.tables,
            &mut catalogue.columns,
            &mut catalogue.keys,
            &mut catalogue.checks,
            &mut catalogue.references,
        ] {
            list.retain(|it| !is_ours(it.text(0)));
        }
        Ok(catalogue)
    }
}

/// What the server says of itself: `10.11.19-MariaDB-0+deb12u1`.
pub(in crate::mysql) fn release(version: &str) -> (Flavour, (u16, u16, u16)) {
    let flavour = match version.to_ascii_lowercase().contains("mariadb") {
        true => Flavour::Mariadb,
        false => Flavour::Mysql,
    };
    // Some say first what they are taken for by old clients.
    let version = version.strip_prefix("5.5.5-").unwrap_or(version);
    let mut numbers =
        version.split(|c: char| !c.is_ascii_digit()).map(|it| it.parse().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    (flavour, (next(), next(), next()))
}

/// The questions. Each server has columns that the other lacks. What is asked of is named by a
/// constant wherever it can be: otherwise the server opens the tables of all its databases. What has
/// long texts is put in order here: there it would be written to a file for that.
struct Queries {
    flavour: Flavour,
    /// The database, as a text.
    name: String,
}

impl Queries {
    fn tables(&self) -> String {
        format!(
            "SELECT table_name, engine, table_collation, table_comment \
             FROM information_schema.tables WHERE table_schema = {} \
             AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY table_name",
            self.name
        )
    }

    fn columns(&self) -> String {
        format!(
            "SELECT table_name, column_name, column_default, is_nullable, data_type, column_type, \
             collation_name, extra, generation_expression, column_comment \
             FROM information_schema.columns WHERE table_schema = {} \
             ORDER BY table_name, ordinal_position",
            self.name
        )
    }

    fn keys(&self) -> String {
        let expression = match self.flavour {
            Flavour::Mysql => "expression",
            Flavour::Mariadb => "NULL",
        };
        format!(
            "SELECT table_name, index_name, non_unique, column_name, collation, sub_part, \
             index_type, index_comment, {expression} FROM information_schema.statistics \
             WHERE table_schema = {} ORDER BY table_name, index_name, seq_in_index",
            self.name
        )
    }

    fn checks(&self) -> String {
        let database = &self.name;
        match self.flavour {
            Flavour::Mysql => format!(
                "SELECT t.table_name, c.constraint_name, c.check_clause, 'Table' \
                 FROM information_schema.check_constraints c \
                 JOIN information_schema.table_constraints t \
                 ON t.constraint_schema = c.constraint_schema \
                 AND t.constraint_name = c.constraint_name AND t.constraint_type = 'CHECK' \
                 WHERE c.constraint_schema = {database} ORDER BY 1, 2"
            ),
            Flavour::Mariadb => format!(
                "SELECT table_name, constraint_name, check_clause, level \
                 FROM information_schema.check_constraints \
                 WHERE constraint_schema = {database} ORDER BY 1, 2"
            ),
        }
    }

    fn references(&self) -> String {
        format!(
            "SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_table_schema, \
             k.referenced_table_name, k.referenced_column_name, r.update_rule, r.delete_rule \
             FROM information_schema.key_column_usage k \
             JOIN information_schema.referential_constraints r \
             ON r.table_name = k.table_name AND r.constraint_name = k.constraint_name \
             WHERE k.table_schema = {0} AND r.constraint_schema = {0} \
             AND k.referenced_table_name IS NOT NULL \
             ORDER BY k.table_name, k.constraint_name, k.ordinal_position",
            self.name
        )
    }

    fn views(&self) -> String {
        format!(
            "SELECT table_name, view_definition FROM information_schema.views \
             WHERE table_schema = {} ORDER BY table_name",
            self.name
        )
    }

    fn triggers(&self) -> String {
        format!(
            "SELECT trigger_name, event_object_table, action_timing, event_manipulation, \
             action_statement FROM information_schema.triggers WHERE event_object_schema = {} \
             ORDER BY trigger_name",
            self.name
        )
    }

    fn routines(&self) -> String {
        format!(
            "SELECT routine_name, routine_type, dtd_identifier, routine_definition \
             FROM information_schema.routines WHERE routine_schema = {}",
            self.name
        )
    }

    fn parameters(&self) -> String {
        format!(
            "SELECT specific_name, routine_type, parameter_mode, parameter_name, dtd_identifier, \
             ordinal_position FROM information_schema.parameters WHERE specific_schema = {}",
            self.name
        )
    }

    fn events(&self) -> String {
        format!(
            "SELECT event_name, CONCAT_WS(' ', event_type, execute_at, interval_value, \
             interval_field, event_definition) FROM information_schema.events \
             WHERE event_schema = {} ORDER BY event_name",
            self.name
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_say_what_they_are() {
        for (version, flavour, number) in [
            ("10.11.19-MariaDB-0+deb12u1", Flavour::Mariadb, (10, 11, 19)),
            ("5.5.5-10.6.1-MariaDB", Flavour::Mariadb, (10, 6, 1)),
            ("8.0.36", Flavour::Mysql, (8, 0, 36)),
            ("9.5.0-log", Flavour::Mysql, (9, 5, 0)),
        ] {
            assert_eq!(release(version), (flavour, number));
        }
    }
}
