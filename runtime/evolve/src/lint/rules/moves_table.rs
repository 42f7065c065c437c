use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "moves-table",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "a table is moved or stored in another way",
    lock: "ACCESS EXCLUSIVE on the table until every row is written anew",
    damage: "The table stands still while it is copied.",
    safe: "Do it while nobody needs the table.",
    bad: &[
        Example::postgres("ALTER TABLE users SET UNLOGGED;"),
        Example::postgres("ALTER TABLE users SET TABLESPACE fast;"),
    ],
    good: &[Example::postgres("ALTER TABLE users SET (fillfactor = 70);")],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (table, clause) in scene.clauses_of_existing() {
        let Clause::Rewrite(what) = clause else { continue };
        found.push(Found::new(table, format!("nobody can use the table while {what} copies it")));
    }
    found
}
