use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "same-up-and-down",
    level: Level::Warn,
    engines: &Dialect::ALL,
    summary: "down.sql does the same as up.sql",
    lock: "",
    damage: "Going back does again what was done, or fails.",
    safe: "Write down.sql: the opposite, backwards.",
    bad: &[
        Example::postgres("UPDATE a SET b = 1 WHERE b = 2;")
            .down(Some("UPDATE a SET b = 1 WHERE b = 2;")),
        Example::sqlite("DELETE FROM a WHERE b = 2;").down(Some("DELETE FROM a WHERE b = 2; -- x")),
        Example::mysql("DELETE FROM a WHERE b = 2;").down(Some("DELETE FROM a WHERE b = 2;")),
    ],
    good: &[
        Example::postgres("UPDATE a SET b = 1 WHERE b = 2;")
            .down(Some("UPDATE a SET b = 2 WHERE b = 1;")),
        Example::postgres("SELECT 1;").down(Some("SELECT 1;")),
    ],
    look: Look::Whole(look),
};

fn look(whole: &Whole<'_>) -> Vec<Found> {
    let Some(revision) = &whole.subject.revision else { return Vec::new() };
    let down = read(revision.down_sql.unwrap_or_default(), whole.subject.engine());
    let texts = |of: &[Statement]| -> Vec<String> { of.iter().map(|it| it.text.clone()).collect() };
    let does = whole.statements.iter().any(|it| it.action != Action::Select);
    if !does || texts(&down) != texts(whole.statements) {
        return Vec::new();
    }
    let text = "it does the same as up.sql: going back does again what was done";
    vec![Found::new("", text).at(Spot::Down)]
}
