use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "reindex-not-concurrent",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "an index is built anew while nobody can write",
    lock: "SHARE on the table, ACCESS EXCLUSIVE on its indexes: writers wait, and readers that \
           would use one",
    damage: "Building indexes of a large table takes minutes.",
    safe: "REINDEX … CONCURRENTLY, in a migration that runs in no transaction.",
    bad: &[Example::postgres("REINDEX TABLE users;")],
    good: &[Example::postgres("REINDEX TABLE CONCURRENTLY users;").outside()],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let Action::Reindex { table, concurrently: false } = scene.action() else { return Vec::new() };
    let text = "nobody can write while indexes are built anew";
    vec![Found::new(table.as_deref().unwrap_or_default(), text).safe("REINDEX … CONCURRENTLY")]
}
