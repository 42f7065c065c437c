use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "rebuild-with-foreign-keys",
    level: Level::Deny,
    engines: &[Dialect::Sqlite],
    summary: "a table is dropped while foreign keys are on",
    lock: "",
    damage: "DROP TABLE deletes every row first: ON DELETE CASCADE takes the rows of the tables \
           that refer to it, also when the table comes back under its name a moment later.",
    safe: "`PRAGMA foreign_keys = OFF` before the transaction, which needs `run_in_transaction = \
           false`, then BEGIN, and `PRAGMA foreign_key_check` before COMMIT.",
    bad: &[
        Example::sqlite("CREATE TABLE new (id INTEGER PRIMARY KEY); INSERT INTO new SELECT id FROM users; DROP TABLE users; ALTER TABLE new RENAME TO users;").after("CREATE TABLE users (id INTEGER PRIMARY KEY); CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INT REFERENCES users (id) ON DELETE CASCADE);"),
    ],
    good: &[
        Example::sqlite("PRAGMA foreign_keys = OFF; BEGIN; CREATE TABLE new (id INTEGER PRIMARY KEY); INSERT INTO new SELECT id FROM users; DROP TABLE users; ALTER TABLE new RENAME TO users; COMMIT; PRAGMA foreign_keys = ON;").after("CREATE TABLE users (id INTEGER PRIMARY KEY); CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INT REFERENCES users (id));").outside(),
        Example::sqlite("CREATE TABLE new (id INTEGER PRIMARY KEY); DROP TABLE users; ALTER TABLE new RENAME TO users;").after("CREATE TABLE users (id INTEGER PRIMARY KEY);"),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let Action::DropTable { tables, cascade: _ } = scene.action() else { return Vec::new() };
    if !foreign_keys_are_on(scene) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for table in tables.iter().filter(|it| scene.is_rebuilt(it)) {
        let engine = scene.engine();
        let refers = |it: &KnownTable| {
            let is_other = folded(engine, &it.name) != folded(engine, table);
            is_other
                && it
                    .foreign_keys
                    .iter()
                    .any(|key| folded(engine, &key.2.table) == folded(engine, table))
        };
        let by: Vec<&str> =
            scene.known.tables().filter(|it| refers(it)).map(|it| it.name.as_str()).collect();
        if !by.is_empty() {
            let text = format!(
                "DROP TABLE deletes its rows first, and with them those of {}",
                by.join(", ")
            );
            let safe = "PRAGMA foreign_keys = OFF; before BEGIN, with run_in_transaction = false";
            found.push(Found::new(table, text).safe(safe));
        }
    }
    found
}

/// What Diesel's connections have unless somebody says otherwise is not known; that they are off counts
/// only where the script says so, outside of a transaction.
fn foreign_keys_are_on(scene: &Scene<'_>) -> bool {
    let before_transaction =
        if scene.transaction { &scene.earlier[..scene.transaction_start] } else { scene.earlier };
    let is_off = |it: &Statement| {
        matches!(&it.action, Action::Pragma { name, value: Some(value) }
            if name == "foreign_keys" && ["off", "0", "false", "no"].contains(&value.as_str()))
    };
    !before_transaction.iter().any(is_off)
}
