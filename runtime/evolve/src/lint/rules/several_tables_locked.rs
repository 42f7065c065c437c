use super::*;
use crate::cost::Cost;

/// Milliseconds after which the server looks whom of those it ends that wait for one another, unless
/// `deadlock_timeout` says otherwise.
const DEADLOCK: u64 = 1000;

pub(crate) const RULE: Rule = Rule {
    code: "several-tables-locked",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "a transaction keeps others away from several tables",
    lock: "the locks of all its statements, until the last one is done",
    damage: "A transaction of the application that takes the same tables in another order makes \
           a deadlock, and one of the two fails. Until then every table waits for the slowest.",
    safe: "A migration a table, each short. Or a `lock_timeout` with which it gives up by itself \
           before the server looks for deadlocks, which is after a second: so short that all its \
           waits for locks together are less than that; and no statement that goes through rows.",
    bad: &[
        Example::postgres(
            "ALTER TABLE users ADD COLUMN a INT; ALTER TABLE orders ADD COLUMN b INT;",
        ),
        Example::postgres(
            "SET LOCAL lock_timeout = '2s'; ALTER TABLE users ADD COLUMN a INT; ALTER TABLE orders \
             ADD COLUMN b INT;",
        ),
        Example::postgres(
            "SET LOCAL lock_timeout = '500ms'; ALTER TABLE users ADD COLUMN a INT; UPDATE orders \
             SET b = 1;",
        ),
    ],
    good: &[
        Example::postgres(
            "ALTER TABLE users ADD COLUMN a INT; CREATE TABLE b (id INT PRIMARY KEY);",
        ),
        Example::postgres(
            "ALTER TABLE users ADD COLUMN a INT; ALTER TABLE orders ADD COLUMN b INT;",
        )
        .outside(),
        Example::postgres(
            "SET LOCAL lock_timeout = '500ms'; ALTER TABLE users ADD COLUMN a INT; ALTER TABLE \
             orders ADD COLUMN b INT;",
        ),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    if !scene.transaction || scene.held.is_empty() {
        return Vec::new();
    }
    let held = |but: &str| -> Vec<&str> {
        scene.held.keys().map(String::as_str).filter(|it| *it != but).collect()
    };
    let new = scene.strong_costs().filter(|cost| !scene.held.contains_key(&cost.table));
    let new: Vec<&Cost> = new.collect();
    // Each of the locks is waited for while others are kept away from the first table.
    let waits = (scene.held.len() + new.len()).saturating_sub(1) as u64;
    let gives_up = scene.patience.is_some_and(|it| it > 0 && it.saturating_mul(waits) < DEADLOCK);
    if !gives_up {
        let found = new.into_iter().map(|cost| {
            let text = format!("{} is taken while {} is held", cost.lock, held("").join(", "));
            Found::new(&cost.table, text).safe("a migration for each table")
        });
        return found.collect();
    }
    let slow = scene.costs.iter().filter(|cost| cost.work != Work::Nothing);
    let slow = slow.filter(|cost| scene.exists(&cost.table) && !held(&cost.table).is_empty());
    let found = slow.map(|cost| {
        let held = held(&cost.table).join(", ");
        let text = format!("its rows are gone through while {held} is held");
        Found::new(&cost.table, text).safe("a migration for each table")
    });
    found.collect()
}
