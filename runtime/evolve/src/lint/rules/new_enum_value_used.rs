use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "new-enum-value-used",
    level: Level::Deny,
    engines: &[Dialect::Postgres],
    summary: "a label is used in the transaction that adds it",
    lock: "",
    damage: "PostgreSQL refuses to use a label before it is committed: the migration fails, \
           unless it made the type itself.",
    safe: "Add the label in one migration and use it in the next.",
    bad: &[Example::postgres(
        "ALTER TYPE state ADD VALUE 'paused'; UPDATE users SET state = 'paused' WHERE state = 'idle';",
    )],
    good: &[
        Example::postgres("ALTER TYPE state ADD VALUE 'paused';"),
        Example::postgres(
            "CREATE TYPE state AS ENUM ('on'); ALTER TYPE state ADD VALUE 'paused'; CREATE TABLE a (id INT PRIMARY KEY, s state DEFAULT 'paused');",
        ),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let is_about_labels =
        matches!(scene.action(), Action::AddLabel { .. } | Action::RenameLabel { .. });
    if is_about_labels {
        return Vec::new();
    }
    let earlier = scene.earlier_in_transaction();
    let made = |of: &str| earlier.iter().any(|it| it.action == Action::CreateType(of.to_owned()));
    let found = earlier
        .iter()
        .filter_map(|it| match_label(&it.action))
        .filter(|(name, label)| !made(name) && scene.statement.mentions(label));
    let text =
        |label: &str| format!("label `{label}` cannot be used before it is committed: this fails");
    found
        .map(|(name, label)| Found::new(name, text(label)).safe("use it in the next migration"))
        .collect()
}

fn match_label(action: &Action) -> Option<(&str, &str)> {
    if let Action::AddLabel { name, label } = action { Some((name, label)) } else { None }
}
