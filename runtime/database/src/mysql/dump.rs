use diesel::mysql::MysqlConnection;

use super::copy::{Object, objects};
use super::introspect::is_ours;
use crate::{Dump, Error};

/// The dump of a database: what `SHOW CREATE` says of everything in it.
///
/// Rows are left out, as are how far tables have counted, Diesel's own table and
/// `__diesel_autogen…`. The order of columns, keys and rules makes no difference.
///
/// # Errors
/// When the database cannot be read.
pub fn dump(conn: &mut MysqlConnection) -> Result<Dump, Error> {
    Ok(Dump::of(shapes(conn)?.into_iter().map(|(_, _, text)| text).collect()))
}

/// What everything looks like, with its kind and its name.
pub(super) fn shapes(conn: &mut MysqlConnection) -> Result<Vec<(String, String, String)>, Error> {
    let mut found = Vec::new();
    for object in objects(conn)?.into_iter().filter(|it| !is_ours(&it.name)) {
        let text = shape(&object, conn)?;
        found.push((object.kind, object.name, text));
    }
    Ok(found)
}

/// What an object looks like.
pub(super) fn shape(object: &Object, conn: &mut MysqlConnection) -> Result<String, Error> {
    let sql = object.create(conn)?;
    Ok(if object.kind == "TABLE" { table(&sql) } else { sql })
}

/// The definition of a table with its lines in an order of their own.
fn table(sql: &str) -> String {
    let sql = unrestricted(sql);
    let lines: Vec<&str> = sql.lines().collect();
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
    }
}
