use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "disables-trigger",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "triggers are turned off",
    lock: "SHARE ROW EXCLUSIVE on the table: writers wait",
    damage: "While they are off, and for ALL and the triggers of foreign keys that is also what \
           keeps references whole, rows are written that nobody checks later.",
    safe: "Write rows in a way that the triggers can bear; or turn them on again in the same \
           migration.",
    bad: &[Example::postgres("ALTER TABLE users DISABLE TRIGGER ALL;")],
    good: &[Example::postgres(
        "ALTER TABLE users DISABLE TRIGGER audit; UPDATE users SET a = 1 WHERE b; ALTER TABLE users ENABLE TRIGGER audit;",
    )],
    look: Look::Whole(look),
};

fn look(whole: &Whole<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, statement) in whole.statements.iter().enumerate() {
        let Action::AlterTable { table, clauses } = &statement.action else { continue };
        for clause in clauses {
            let Clause::DisableTrigger(name) = clause else { continue };
            let comes_back = whole.statements[at..].iter().any(|it| {
                matches!(&it.action, Action::AlterTable { table: other, clauses }
                    if other == table && clauses.contains(&Clause::EnableTrigger))
            });
            if !comes_back {
                let text = format!(
                    "trigger `{name}` stays off: nothing checks what is written from now on"
                );
                found.push(Found::new(table, text).at(Spot::Line(statement.line)));
            }
        }
    }
    found
}
