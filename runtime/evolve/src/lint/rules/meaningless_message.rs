use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "meaningless-message",
    level: Level::Warn,
    engines: &Dialect::ALL,
    summary: "a message that says nothing",
    lock: "",
    damage: "Whoever looks for the migration that broke something reads `update`, `changes`, \
           `fix`, and opens each.",
    safe: "Say what it changes: `add email to users`.",
    bad: &[
        Example::postgres("SELECT 1;").named("update"),
        Example::sqlite("SELECT 1;").named("misc changes"),
        Example::mysql("SELECT 1;").named("wip"),
    ],
    good: &[
        Example::postgres("SELECT 1;").named("add email to users"),
        Example::postgres("SELECT 1;").named("fix totals of orders"),
    ],
    look: Look::Whole(look),
};

fn look(whole: &Whole<'_>) -> Vec<Found> {
    let Some(revision) = &whole.subject.revision else { return Vec::new() };
    if Title::new(&revision.message).is_ok() {
        return Vec::new();
    }
    let text = format!("the message `{}` does not say what changes", revision.message);
    vec![Found::new("", text).safe("a message that names the thing: `add email to users`")]
}
