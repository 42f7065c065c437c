//! What is in a database, and how it looks.

use diesel::mysql::MysqlConnection;

use crate::rows::{Refused, quoted, texts};

const WHAT: &str = "the database";

/// A table, a view, a trigger, a routine or an event.
pub struct Object {
    /// As the server calls it: `TABLE`, `VIEW`, `TRIGGER`, `PROCEDURE`, `FUNCTION` or `EVENT`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The statement that makes it, where it is known.
    made: Option<String>,
}

impl Object {
    /// The table of this name.
    pub fn table(name: String) -> Object {
        Object { kind: "TABLE".to_owned(), name, made: None }
    }
}

/// Everything that can be made again, functions before what may call them.
///
/// # Errors
/// When the server does not tell.
pub fn objects(conn: &mut MysqlConnection) -> Result<Vec<Object>, Refused> {
    let mut found = texts(
        conn,
        WHAT,
        "SELECT CASE table_type WHEN 'VIEW' THEN 'VIEW' ELSE 'TABLE' END AS kind, \
         table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() \
         AND table_type IN ('BASE TABLE', 'VIEW') \
         UNION ALL SELECT routine_type, routine_name FROM information_schema.routines \
         WHERE routine_schema = DATABASE() ORDER BY 1, 2",
    )?;
    // What a statement that is prepared cannot show is put together.
    found.extend(texts(conn, WHAT, TRIGGERS)?);
    found.extend(texts(conn, WHAT, EVENTS)?);
    let object = |mut row: Vec<Option<String>>| {
        let mut text = |at: usize| row.get_mut(at).and_then(Option::take);
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
    ///
    /// # Errors
    /// When the server does not show it.
    pub fn create(&self, conn: &mut MysqlConnection) -> Result<String, Refused> {
        if let Some(sql) = &self.made {
            return Ok(sql.clone());
        }
        let sql = format!("SHOW CREATE {} {}", self.kind, quoted(&self.name));
        let found = texts(conn, WHAT, &sql)?;
        // A table and a view have it behind their name, a routine behind a setting.
        let at = match self.kind.as_str() {
            "TABLE" | "VIEW" => 1,
            _ => 2,
        };
        let text = found.first().and_then(|row| row.get(at)?.clone());
        text.ok_or_else(|| Refused {
            what: format!("{} {}", self.kind.to_lowercase(), self.name),
            reason: "the server does not show how it is made: its user may not see it".to_owned(),
        })
    }
}

/// What an object looks like: how it is made, with its lines in an order of their own, without how
/// far it has counted.
///
/// # Errors
/// When the server does not show it.
pub fn shape(object: &Object, conn: &mut MysqlConnection) -> Result<String, Refused> {
    let sql = object.create(conn)?;
    Ok(if object.kind == "TABLE" { table(&sql) } else { sql })
}

/// The definition of a table with its lines in an order of their own.
fn table(sql: &str) -> String {
    let sql = unrestricted(sql);
    let lines = lines(&sql);
    let inner = |line: &&str| line.starts_with("  ");
    let mut sorted: Vec<&str> =
        lines.iter().copied().filter(inner).map(|line| line.trim_end_matches(',')).collect();
    sorted.sort_unstable();
    let (head, tail): (Vec<&str>, Vec<&str>) =
        lines.into_iter().filter(|line| !inner(line)).partition(|it| it.starts_with("CREATE "));
    let mut tail = uncounted(&tail.join("\n"));
    if !tail.contains("ENGINE=Aria") {
        // Aria leaves it behind in tables that it kept once.
        tail = tail.replace(" PAGE_CHECKSUM=1", "");
    }
    format!("{}\n{}\n{tail}", head.join("\n"), sorted.join(",\n"))
}

/// The lines of a definition; a name or a text that holds a line break is part of one line.
fn lines(sql: &str) -> Vec<&str> {
    let (mut lines, mut start, mut quote) = (Vec::new(), 0, None);
    let mut letters = sql.char_indices();
    while let Some((at, letter)) = letters.next() {
        match (quote, letter) {
            (None, '`' | '\'') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (Some('\''), '\\') => drop(letters.next()),
            (None, '\n') => {
                lines.push(&sql[start..at]);
                start = at + 1;
            }
            (None | Some(_), _) => {}
        }
    }
    lines.push(&sql[start..]);
    lines
}

/// A definition whose foreign keys do not say what they do by themselves: the server shows that of
/// some and not of others, by how they were made.
fn unrestricted(sql: &str) -> String {
    let mut sql = sql.to_owned();
    for action in ["NO ACTION", "RESTRICT"] {
        for event in ["DELETE", "UPDATE"] {
            sql = sql.replace(&format!(" ON {event} {action}"), "");
        }
    }
    sql
}

/// The options of a table without how far it has counted.
fn uncounted(options: &str) -> String {
    let Some(at) = options.find(" AUTO_INCREMENT=") else { return options.to_owned() };
    let (before, after) = options.split_at(at);
    let digits = &after[" AUTO_INCREMENT=".len()..];
    let rest = digits.find(|c: char| !c.is_ascii_digit()).map_or("", |at| &digits[at..]);
    format!("{before}{rest}")
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn order_and_counters_make_no_difference() {
        let one = "CREATE TABLE `a` (\n  `id` int,\n  `b` int,\n  PRIMARY KEY (`id`)\n) \
                   ENGINE=InnoDB AUTO_INCREMENT=17 DEFAULT CHARSET=utf8mb4";
        let two = "CREATE TABLE `a` (\n  `b` int,\n  `id` int,\n  PRIMARY KEY (`id`)\n) \
                   ENGINE=InnoDB DEFAULT CHARSET=utf8mb4";
        assert_eq!(table(one), table(two));
        assert_ne!(table(one), table(&two.replace("utf8mb4", "latin1")));
        let broken = |sql: &str| sql.replace("`b` int", "`b\n` text DEFAULT 'it\\'s\n'");
        let (one, two) = (broken(one), broken(two));
        assert_eq!(table(&one), table(&two));
        assert_ne!(table(&one), table(&two.replace("\n` text", "\n` int")));
    }
}
