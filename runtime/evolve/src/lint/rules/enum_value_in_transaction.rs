use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "enum-value-in-transaction",
    level: Level::Deny,
    engines: &[Dialect::Postgres],
    summary: "ALTER TYPE … ADD VALUE inside of a transaction, on a release before 12",
    lock: "",
    damage: "Such releases refuse it: the migration fails.",
    safe: "A migration of its own with `run_in_transaction = false`; or say `minimum-server = \
           \"12\"` in the package.",
    bad: &[Example::postgres("ALTER TYPE state ADD VALUE 'paused';").on((11, 0, 0))],
    good: &[
        Example::postgres("ALTER TYPE state ADD VALUE 'paused';"),
        Example::postgres("ALTER TYPE state ADD VALUE 'paused';").on((11, 0, 0)).outside(),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let Action::AddLabel { name, label } = scene.action() else { return Vec::new() };
    if !scene.transaction || scene.subject.minimum >= (12, 0, 0) {
        return Vec::new();
    }
    let text = format!("label `{label}` cannot be added inside of a transaction before release 12");
    vec![Found::new(name, text).safe("run_in_transaction = false in metadata.toml")]
}
