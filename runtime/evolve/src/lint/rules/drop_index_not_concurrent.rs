use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "drop-index-not-concurrent",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "an index is dropped while nobody can read",
    lock: "ACCESS EXCLUSIVE on the table: every query waits, and while it waits itself for a \
           long one, all that come after it wait, too",
    damage: "One long query is enough to make a table stand still, for a statement that takes no \
           time.",
    safe: "Drop it with CONCURRENTLY, in a migration of its own that runs in no transaction.",
    bad: &[Example::postgres("DROP INDEX users_email_idx;")],
    good: &[
        Example::postgres("DROP INDEX CONCURRENTLY IF EXISTS users_email_idx;").outside(),
        Example::postgres(
            "CREATE TABLE a (id INT); CREATE INDEX a_idx ON a (id); DROP INDEX a_idx;",
        ),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let Action::DropIndex { names, concurrently: false, .. } = scene.action() else {
        return Vec::new();
    };
    let is_used =
        |name: &&String| scene.known.index(name).is_none_or(|(table, _)| scene.exists(&table.name));
    let found = names.iter().filter(is_used).map(|name| {
        let safe = format!("DROP INDEX CONCURRENTLY IF EXISTS {};", shown(name));
        Found::new(name, "nobody can use the table while the index is dropped").safe(safe)
    });
    found.collect()
}
