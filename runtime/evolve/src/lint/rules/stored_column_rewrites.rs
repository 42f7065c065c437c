use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "stored-column-rewrites",
    level: Level::Warn,
    engines: &[Dialect::Postgres, Dialect::Mysql],
    summary: "a new column that is computed and stored",
    lock: "ACCESS EXCLUSIVE on the table (MySQL: writers wait) until every row is written anew",
    damage: "The table stands still while every row is computed.",
    safe: "Compute it when it is read (VIRTUAL, where the server has it, or a view), or add a \
           plain column that a trigger keeps, and fill it in batches.",
    bad: &[
        Example::postgres(
            "ALTER TABLE users ADD COLUMN lower_email TEXT GENERATED ALWAYS AS (lower(email)) STORED;",
        ),
        Example::mysql("ALTER TABLE users ADD COLUMN twice INT AS (age * 2) STORED;"),
    ],
    good: &[
        Example::postgres(
            "ALTER TABLE users ADD COLUMN lower_email TEXT GENERATED ALWAYS AS (lower(email)) VIRTUAL;",
        ),
        Example::postgres(
            "CREATE TABLE a (id INT PRIMARY KEY, b INT GENERATED ALWAYS AS (id * 2) STORED);",
        ),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let columns = scene.added_columns().into_iter();
    let found = columns.filter(|(_, column)| column.made == Made::Stored).map(|(table, column)| {
        let text = "it is computed for every row, so the whole table is written anew";
        let safe = "a VIRTUAL column, or a plain one that a trigger keeps, filled in batches";
        Found::new(format!("{table}.{}", column.name), text).safe(safe)
    });
    found.collect()
}
