use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "exclusion-constraint",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "an exclusion is added to a table that is in use",
    lock: "ACCESS EXCLUSIVE on the table until its index is built and every row compared",
    damage: "The table stands still for as long as the index takes, and there is no way round: \
           an exclusion can be neither NOT VALID nor made of an index.",
    safe: "Do it while nobody needs the table, or make a new table with it and move the rows over.",
    bad: &[Example::postgres(
        "ALTER TABLE bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&);",
    )],
    good: &[Example::postgres(
        "CREATE TABLE bookings (id INT PRIMARY KEY, during TSRANGE, EXCLUDE USING gist (during WITH &&));",
    )],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let rules = scene.added_rules().into_iter();
    let found = rules.filter(|(_, rule)| rule.kind == RuleKind::Exclude).map(|(table, rule)| {
        let text =
            format!("nobody can use the table while every row is compared for {}", rule.label());
        Found::new(table, text).safe("at a quiet time: there is no way that lets others in")
    });
    found.collect()
}
