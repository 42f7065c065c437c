use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "refresh-not-concurrent",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "a materialized view is filled anew while nobody can read it",
    lock: "ACCESS EXCLUSIVE on the view until it is filled",
    damage: "Queries of the view wait for as long as its own query takes.",
    safe: "REFRESH MATERIALIZED VIEW CONCURRENTLY, for which the view needs a unique index.",
    bad: &[Example::postgres("REFRESH MATERIALIZED VIEW totals;")],
    good: &[Example::postgres("REFRESH MATERIALIZED VIEW CONCURRENTLY totals;")],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let Action::Refresh { view, concurrently: false } = scene.action() else { return Vec::new() };
    let safe = format!("REFRESH MATERIALIZED VIEW CONCURRENTLY {};", shown(view));
    vec![Found::new(view, "nobody can read the view while it is filled").safe(safe)]
}
