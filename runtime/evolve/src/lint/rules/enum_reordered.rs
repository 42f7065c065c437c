use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "enum-reordered",
    level: Level::Warn,
    engines: &[Dialect::Mysql],
    summary: "labels of an enum are moved or taken away",
    lock: "writers wait until every row is copied",
    damage: "Rows hold the number of a label: the table is copied to give each its new one, and, \
           outside of strict mode, rows with a label that goes hold an empty text.",
    safe: "Add labels at the end.",
    bad: &[
        Example::mysql("ALTER TABLE users MODIFY state ENUM('b','a','c');").after("CREATE TABLE users (id BIGINT PRIMARY KEY, email VARCHAR(50) NOT NULL, state ENUM('a','b')) DEFAULT CHARSET=utf8mb4;"),
        Example::mysql("ALTER TABLE users MODIFY state ENUM('a');").after("CREATE TABLE users (id BIGINT PRIMARY KEY, email VARCHAR(50) NOT NULL, state ENUM('a','b')) DEFAULT CHARSET=utf8mb4;"),
    ],
    good: &[
        Example::mysql("ALTER TABLE users MODIFY state ENUM('a','b','c');").after("CREATE TABLE users (id BIGINT PRIMARY KEY, email VARCHAR(50) NOT NULL, state ENUM('a','b')) DEFAULT CHARSET=utf8mb4;"),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (table, clause) in scene.clauses_of_existing() {
        let Clause::Modify { from, column } = clause else { continue };
        let Some(before) = scene.known.column(table, from) else { continue };
        let (old, new) =
            (TypeText::new(&before.sql_type).labels, TypeText::new(&column.sql_type).labels);
        if old.is_empty() || new.is_empty() || new.starts_with(&old) {
            continue;
        }
        let gone: Vec<&str> =
            old.iter().filter(|it| !new.contains(it)).map(String::as_str).collect();
        let text = match gone.is_empty() {
            true => "labels change their places: every row is copied".to_owned(),
            false => format!("rows that hold {} lose it", gone.join(", ")),
        };
        found.push(Found::new(format!("{table}.{from}"), text).safe("new labels at the end"));
    }
    found
}
