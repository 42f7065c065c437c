use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "no-lock-timeout",
    level: Level::Note,
    engines: &[Dialect::Postgres],
    summary: "a lock that stops others is waited for without end",
    lock: "while it waits for one long query, everybody who comes after it waits, too",
    damage: "A statement that takes no time at all makes a table stand still for as long as some \
           report runs.",
    safe: "`SET LOCAL lock_timeout = '2s'` first, and run the migration again when it gives up.",
    bad: &[Example::postgres("ALTER TABLE users ADD COLUMN a INT;")],
    good: &[
        Example::postgres("SET LOCAL lock_timeout = '2s'; ALTER TABLE users ADD COLUMN a INT;"),
        Example::postgres("CREATE TABLE b (id INT PRIMARY KEY);"),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    // Said once: the setting holds for all that follows.
    let is_first = scene.held.is_empty() && scene.patience.is_none();
    let cost = scene.strong_costs().find(|_| is_first);
    let found = cost.map(|cost| {
        let text = format!("it waits for {} without end, and everybody else behind it", cost.lock);
        Found::new(&cost.table, text).safe("SET LOCAL lock_timeout = '2s'; before it")
    });
    found.into_iter().collect()
}
