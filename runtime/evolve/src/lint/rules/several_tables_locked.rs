use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "several-tables-locked",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "a transaction keeps others away from several tables",
    lock: "the locks of all its statements, until the last one is done",
    damage: "A transaction of the application that takes the same tables in another order makes \
           a deadlock, and one of the two fails. Until then every table waits for the slowest.",
    safe: "A migration a table, each short.",
    bad: &[Example::postgres(
        "ALTER TABLE users ADD COLUMN a INT; ALTER TABLE orders ADD COLUMN b INT;",
    )],
    good: &[
        Example::postgres(
            "ALTER TABLE users ADD COLUMN a INT; CREATE TABLE b (id INT PRIMARY KEY);",
        ),
        Example::postgres(
            "ALTER TABLE users ADD COLUMN a INT; ALTER TABLE orders ADD COLUMN b INT;",
        )
        .outside(),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    if !scene.transaction || scene.held.is_empty() {
        return Vec::new();
    }
    let new = scene.strong_costs().filter(|cost| !scene.held.contains_key(&cost.table));
    let held: Vec<&str> = scene.held.keys().map(String::as_str).collect();
    let found = new.map(|cost| {
        let text = format!("{} is taken while {} is held", cost.lock, held.join(", "));
        Found::new(&cost.table, text).safe("a migration for each table")
    });
    found.collect()
}
