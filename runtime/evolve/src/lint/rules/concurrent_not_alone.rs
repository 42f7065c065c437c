use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "concurrent-not-alone",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "a concurrent statement that is not alone in its migration",
    lock: "",
    damage: "What runs in no transaction is not undone when a later statement fails: the \
           migration is half done, is not noted as applied, and fails at its first statement \
           when it is run again.",
    safe: "One such statement a migration, with what makes it repeatable before it: `DROP INDEX \
           CONCURRENTLY IF EXISTS`.",
    bad: &[Example::postgres(
        "CREATE INDEX CONCURRENTLY a_idx ON users (age); ALTER TABLE users DROP COLUMN bio;",
    )
    .outside()],
    good: &[Example::postgres(
        "DROP INDEX CONCURRENTLY IF EXISTS a_idx; CREATE INDEX CONCURRENTLY a_idx ON users (age);",
    )
    .outside()],
    look: Look::Whole(look),
};

fn look(whole: &Whole<'_>) -> Vec<Found> {
    let concurrent = |it: &&Statement| {
        let by_index = matches!(
            &it.action,
            Action::CreateIndex { concurrently: true, .. }
                | Action::DropIndex { concurrently: true, .. }
        );
        by_index || matches!(&it.action, Action::Reindex { concurrently: true, .. })
    };
    let quiet = |it: &&Statement| matches!(it.action, Action::Set { .. } | Action::Select);
    let Some(first) = whole.statements.iter().find(concurrent) else { return Vec::new() };
    let others = whole.statements.iter().any(|it| !concurrent(&it) && !quiet(&it));
    let text = "other statements run beside it, and nothing undoes it when one of them fails";
    let found = Found::new("", text).at(Spot::Line(first.line));
    others.then(|| found.safe("a migration for each")).into_iter().collect()
}
