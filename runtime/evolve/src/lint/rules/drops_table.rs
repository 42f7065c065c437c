use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "drops-table",
    level: Level::Warn,
    engines: &Dialect::ALL,
    summary: "a table goes with its rows",
    lock: "ACCESS EXCLUSIVE on it, and on each table that its foreign keys refer to",
    damage: "Its rows are gone, and the application that is running still reads it: it fails \
           until the new release is everywhere.",
    safe: "Take it out of the models and deploy that; rename it to `deprecated_…`; drop it in a \
           later release.",
    bad: &[
        Example::postgres("DROP TABLE users;"),
        Example::sqlite("DROP TABLE users;"),
        Example::mysql("DROP TABLE users;"),
    ],
    good: &[
        Example::postgres("CREATE TABLE a (id INT PRIMARY KEY); DROP TABLE a;"),
        Example::sqlite(
            "CREATE TABLE new (id INTEGER PRIMARY KEY); DROP TABLE users; ALTER TABLE new RENAME TO users;",
        ),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let Action::DropTable { tables, cascade: _ } = scene.action() else { return Vec::new() };
    let gone = tables.iter().filter(|it| scene.exists(it) && !scene.is_rebuilt(it));
    let found = gone.map(|table| {
        let bare = table.rsplit('.').next().unwrap_or(table);
        let to = shown(&format!("deprecated_{bare}"));
        let safe =
            format!("ALTER TABLE {} RENAME TO {to}; and drop it in a later release", shown(table));
        Found::new(table, "its rows are gone, and what runs now still reads it").safe(safe)
    });
    found.collect()
}
