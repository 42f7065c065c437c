use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "partition-locks",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "a partition is attached or detached while others wait",
    lock: "ATTACH: ACCESS EXCLUSIVE on the partition until each of its rows is read; DETACH: \
           ACCESS EXCLUSIVE on both",
    damage: "The parent stands still for readers and writers while a partition goes, and a \
           partition while it comes.",
    safe: "DETACH PARTITION … CONCURRENTLY in no transaction; before ATTACH a validated check on \
           the partition that says the same as its bounds.",
    bad: &[
        Example::postgres("ALTER TABLE events DETACH PARTITION events_2020;"),
        Example::postgres("ALTER TABLE events ATTACH PARTITION events_2020 FOR VALUES IN (2020);"),
    ],
    good: &[Example::postgres("ALTER TABLE events DETACH PARTITION events_2020 CONCURRENTLY;")
        .outside()],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (table, clause) in scene.clauses_of_existing() {
        if let Clause::DetachPartition { name, concurrently: false } = clause {
            let text = format!("nobody can use the table while `{name}` is detached");
            found.push(Found::new(table, text).safe("DETACH PARTITION … CONCURRENTLY"));
        } else if let Clause::AttachPartition(name) = clause {
            let is_checked = scene.known.table(name).is_some_and(|it| !it.checks.is_empty());
            if scene.exists(name) && !is_checked {
                let text = "every row is read before it is a partition";
                found.push(Found::new(name, text).safe("a validated check of its bounds first"));
            }
        }
    }
    found
}
