use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "renames-enum-value",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "a label of an enum gets another name",
    lock: "",
    damage: "The application that is running still writes and reads the old one: it fails until \
           the new release is everywhere.",
    safe: "Add the new label, deploy what knows both, move the rows over.",
    bad: &[Example::postgres("ALTER TYPE state RENAME VALUE 'paused' TO 'idle';")],
    good: &[Example::postgres("ALTER TYPE state ADD VALUE 'idle';")],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let Action::RenameLabel { name, from, to } = scene.action() else { return Vec::new() };
    let text = format!("what runs now knows label `{from}` and not `{to}`");
    let safe = format!("ALTER TYPE {} ADD VALUE '{to}'; and move the rows over", shown(name));
    vec![Found::new(name, text).safe(safe)]
}
