use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "drops-used-column",
    level: Level::Deny,
    engines: &[Dialect::Sqlite],
    summary: "a column is dropped that a key, an index or a rule is over",
    lock: "",
    damage: "SQLite refuses it: the migration fails.",
    safe: "Drop the index first; for a key or a constraint make the table anew without the column.",
    bad: &[
        Example::sqlite("ALTER TABLE users DROP COLUMN email;").after("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE);"),
        Example::sqlite("ALTER TABLE users DROP COLUMN email;").after("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT); CREATE INDEX a ON users (email);"),
    ],
    good: &[
        Example::sqlite("DROP INDEX a; ALTER TABLE users DROP COLUMN email;").after("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT); CREATE INDEX a ON users (email);"),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (table, clause) in scene.clauses() {
        let Clause::DropColumn { name, cascade: _ } = clause else { continue };
        let Some(known) = scene.known.table(table) else { continue };
        let is = |key: &String| key.eq_ignore_ascii_case(name);
        let index = known.indexes.iter().find(|it| it.index.keys.iter().any(is));
        let by = if known.primary_key.iter().any(is) {
            "the primary key".to_owned()
        } else if let Some(index) = index {
            format!("index {}", index.index.label())
        } else {
            continue;
        };
        let text = format!("{by} is over it: SQLite refuses that");
        let safe = index
            .and_then(|it| it.index.name.as_ref())
            .map(|it| format!("DROP INDEX {}; before it", shown(it)));
        let safe = safe.unwrap_or_else(|| "a new table without the column".to_owned());
        found.push(Found::new(format!("{table}.{name}"), text).safe(safe));
    }
    found
}
