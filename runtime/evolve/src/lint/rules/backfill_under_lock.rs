use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "backfill-under-lock",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "rows are filled while the transaction keeps others away",
    lock: "the locks of the statements before it, until every row is written",
    damage: "The table stands still for as long as all its rows take, where it could have been \
           filled while others work.",
    safe: "Change the table in one migration, fill it in batches afterwards, and tighten it in a \
           third.",
    bad: &[Example::postgres(
        "ALTER TABLE users ADD COLUMN slug TEXT; UPDATE users SET slug = lower(name) WHERE slug IS NULL;",
    )],
    good: &[
        Example::postgres("UPDATE users SET slug = lower(name) WHERE slug IS NULL;"),
        Example::postgres(
            "CREATE TABLE a (id INT PRIMARY KEY); INSERT INTO a SELECT id FROM b; UPDATE a SET id = 2 WHERE id = 1;",
        ),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let table = if let Action::Update { table, .. } | Action::Delete { table, .. } = scene.action()
    {
        table
    } else {
        return Vec::new();
    };
    let Some(lock) = scene.held.get(table).filter(|lock| lock.stops_writers()) else {
        return Vec::new();
    };
    let text = format!("its rows are written while the transaction holds {lock}");
    vec![Found::new(table, text).safe("fill the rows in a migration of its own, in batches")]
}
