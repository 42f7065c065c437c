use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "default-rewrites",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "a new column with another value for each row",
    lock: "ACCESS EXCLUSIVE on the table until every row and every index is written anew",
    damage: "The table stands still, and takes twice its place on disk meanwhile.",
    safe: "Add the column without a default, then `ALTER COLUMN … SET DEFAULT` for new rows, \
           then fill the rows that are there in batches, outside of the migration that changes \
           the table.",
    bad: &[Example::postgres("ALTER TABLE users ADD COLUMN token UUID DEFAULT gen_random_uuid();")],
    good: &[
        Example::postgres("ALTER TABLE users ADD COLUMN seen TIMESTAMPTZ DEFAULT now();"),
        Example::postgres(
            "ALTER TABLE users ADD COLUMN token UUID; ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();",
        ),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (table, column) in scene.added_columns() {
        let Some(default) = column.default.as_deref().filter(|it| is_volatile(it)) else {
            continue;
        };
        let (place, name) = (shown(table), shown(&column.name));
        let safe = format!(
            "ALTER TABLE {place} ADD COLUMN {name} {}; ALTER TABLE {place} ALTER COLUMN {name} SET \
             DEFAULT {default}; and fill the rows in batches",
            column.sql_type
        );
        let text =
            format!("{default} is another value for each row, so the whole table is written anew");
        found.push(Found::new(format!("{table}.{}", column.name), text).safe(safe));
    }
    found
}
