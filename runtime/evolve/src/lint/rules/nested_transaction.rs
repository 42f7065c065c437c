use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "nested-transaction",
    level: Level::Deny,
    engines: &Dialect::ALL,
    summary: "BEGIN or COMMIT in a migration that runs in a transaction",
    lock: "",
    damage: "The COMMIT ends the transaction of the runner: what comes after it is not undone \
           when it fails, and Diesel's own COMMIT finds none.",
    safe: "Leave them out; or say `run_in_transaction = false` in metadata.toml.",
    bad: &[
        Example::postgres("BEGIN; ALTER TABLE users ADD COLUMN a INT; COMMIT;"),
        Example::sqlite("BEGIN; SELECT 1; COMMIT;"),
        Example::mysql("START TRANSACTION; DELETE FROM a WHERE id = 1; COMMIT;"),
    ],
    good: &[
        Example::postgres("BEGIN; ALTER TABLE users ADD COLUMN a INT; COMMIT;").outside(),
        Example::postgres("SAVEPOINT a; ALTER TABLE users ADD COLUMN a INT; RELEASE a;"),
    ],
    look: Look::Whole(look),
};

fn look(whole: &Whole<'_>) -> Vec<Found> {
    let is_own =
        |it: &&Statement| matches!(it.action, Action::Begin | Action::Commit | Action::Rollback);
    let own = whole.statements.iter().filter(is_own).filter(|_| whole.subject.transaction);
    let found = own.map(|statement| {
        let text = "the runner opened a transaction already: this ends or nests it";
        let found = Found::new("", text).safe("run_in_transaction = false in metadata.toml");
        found.at(Spot::Line(statement.line))
    });
    found.collect()
}
