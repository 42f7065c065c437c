use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "default-not-constant",
    level: Level::Deny,
    engines: &[Dialect::Sqlite],
    summary: "a new column with a default that SQLite cannot give to rows",
    lock: "",
    damage: "SQLite adds no column whose default is an expression or the time of day to a table \
           with rows: the migration fails.",
    safe: "Add it without a default, and fill it; or make the table anew.",
    bad: &[
        Example::sqlite("ALTER TABLE users ADD COLUMN at TEXT DEFAULT CURRENT_TIMESTAMP;"),
        Example::sqlite("ALTER TABLE users ADD COLUMN at TEXT DEFAULT (datetime('now'));"),
    ],
    good: &[
        Example::sqlite("ALTER TABLE users ADD COLUMN at TEXT DEFAULT 'x';"),
        Example::sqlite("ALTER TABLE users ADD COLUMN n INT DEFAULT (1);"),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (table, column) in scene.added_columns() {
        let Some(default) = &column.default else { continue };
        let is_clock = default.to_uppercase().starts_with("CURRENT_");
        let is_call = is_volatile(default) || default.contains("()");
        if is_clock || is_call && default.starts_with('(') {
            let text = format!("{default} is no constant: this fails while there are rows");
            let safe = "add it without a default, and fill it";
            found.push(Found::new(format!("{table}.{}", column.name), text).safe(safe));
        }
    }
    found
}
