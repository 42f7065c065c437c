use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "cannot-run-in-transaction",
    level: Level::Deny,
    engines: &[Dialect::Postgres],
    summary: "a statement that PostgreSQL runs in no transaction",
    lock: "",
    damage: "The migration fails.",
    safe: "A migration of its own with `run_in_transaction = false`.",
    bad: &[
        Example::postgres("VACUUM users;"),
        Example::postgres("CREATE DATABASE other;"),
        Example::postgres("ALTER SYSTEM SET work_mem = '1GB';"),
    ],
    good: &[Example::postgres("VACUUM users;").outside()],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let what = if let Action::Alone(what) = scene.action() {
        what
    } else if matches!(scene.action(), Action::Vacuum { .. }) {
        "VACUUM"
    } else {
        return Vec::new();
    };
    let text = format!("{what} cannot run inside of a transaction: this fails");
    let found = Found::new("", text).safe("run_in_transaction = false in metadata.toml");
    if scene.transaction { vec![found] } else { Vec::new() }
}
