use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "validated-in-same-transaction",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "NOT VALID and VALIDATE in one transaction",
    lock: "the lock of the first statement until the scan of the second is done",
    damage: "Locks are held to the end of a transaction, so nothing is won over a plain \
           constraint.",
    safe: "VALIDATE in the next migration.",
    bad: &[
        Example::postgres("ALTER TABLE users ADD CONSTRAINT age CHECK (age >= 0) NOT VALID; ALTER TABLE users VALIDATE CONSTRAINT age;"),
    ],
    good: &[
        Example::postgres("ALTER TABLE users VALIDATE CONSTRAINT age;"),
        Example::postgres("ALTER TABLE users ADD CONSTRAINT age CHECK (age >= 0) NOT VALID; ALTER TABLE users VALIDATE CONSTRAINT age;").outside(),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (table, clause) in scene.clauses_of_existing() {
        let Clause::Validate(name) = clause else { continue };
        let Some(lock) = scene.held.get(table).filter(|lock| lock.stops_writers()) else {
            continue;
        };
        let text = format!("`{name}` is checked for every row while the transaction holds {lock}");
        found.push(Found::new(table, text).safe("validate it in the next migration"));
    }
    found
}
