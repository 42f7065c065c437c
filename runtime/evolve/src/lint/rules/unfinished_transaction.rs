use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "unfinished-transaction",
    level: Level::Deny,
    engines: &Dialect::ALL,
    summary: "a transaction is opened and not ended",
    lock: "",
    damage: "Diesel notes the migration as applied inside of it, and everything is gone when the \
           connection closes.",
    safe: "COMMIT at the end.",
    bad: &[
        Example::postgres("BEGIN; ALTER TABLE users ADD COLUMN a INT;").outside(),
        Example::sqlite("BEGIN; SELECT 1;").outside(),
        Example::mysql("START TRANSACTION; SELECT 1;").outside(),
    ],
    good: &[Example::postgres("BEGIN; ALTER TABLE users ADD COLUMN a INT; COMMIT;").outside()],
    look: Look::Whole(look),
};

fn look(whole: &Whole<'_>) -> Vec<Found> {
    let mut open = None;
    for statement in whole.statements {
        if statement.action == Action::Begin {
            open = Some(statement.line);
        } else if matches!(statement.action, Action::Commit | Action::Rollback) {
            open = None;
        }
    }
    let text = "the transaction that begins here is never ended: all of it may be gone again";
    let open = open.filter(|_| !whole.subject.transaction);
    open.map(|line| Found::new("", text).safe("COMMIT; at the end").at(Spot::Line(line)))
        .into_iter()
        .collect()
}
