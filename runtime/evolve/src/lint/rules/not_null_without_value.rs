use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "not-null-without-value",
    level: Level::Warn,
    engines: &Dialect::ALL,
    summary: "a column that must have a value is added, and rows are given none",
    lock: "",
    damage: "PostgreSQL refuses it when the table has rows, SQLite always; MySQL fills in zero \
           or an empty text, which nobody chose.",
    safe: "Give it a default; or add it nullable, fill it, and tighten it in a later migration.",
    bad: &[
        Example::postgres("ALTER TABLE users ADD COLUMN age INT NOT NULL;"),
        Example::sqlite("ALTER TABLE users ADD COLUMN age INT NOT NULL;"),
        Example::mysql("ALTER TABLE users ADD COLUMN age INT NOT NULL;"),
    ],
    good: &[
        Example::postgres("ALTER TABLE users ADD COLUMN age INT NOT NULL DEFAULT 0;"),
        Example::postgres("ALTER TABLE users ADD COLUMN age INT;"),
        Example::postgres("CREATE TABLE a (id INT PRIMARY KEY, b INT NOT NULL);"),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (table, column) in scene.added_columns() {
        let has_value = column.default.is_some() || column.made != Made::Given;
        if !column.not_null || has_value {
            continue;
        }
        let text = match scene.engine() {
            Dialect::Postgres => "rows have no value for it: this fails while there are any",
            Dialect::Sqlite => "rows have no value for it: SQLite refuses that",
            Dialect::Mysql => "rows get zero or an empty text, which nobody chose",
        };
        let safe = format!(
            "ALTER TABLE {} ADD COLUMN {} {}; then fill it, then make it NOT NULL",
            shown(table),
            shown(&column.name),
            column.sql_type
        );
        found.push(Found::new(format!("{table}.{}", column.name), text).safe(safe));
    }
    found
}
