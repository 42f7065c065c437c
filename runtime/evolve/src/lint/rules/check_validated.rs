use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "check-validated",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "a check is made of every row while nobody can read",
    lock: "ACCESS EXCLUSIVE on the table until every row is read",
    damage: "The table stands still for as long as it takes to read it.",
    safe: "Add it NOT VALID, which holds for new rows at once and looks at none, and VALIDATE it \
           in a later migration, which lets others read and write.",
    bad: &[Example::postgres("ALTER TABLE users ADD CONSTRAINT users_age_check CHECK (age >= 0);")],
    good: &[Example::postgres(
        "ALTER TABLE users ADD CONSTRAINT users_age_check CHECK (age >= 0) NOT VALID;",
    )],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let rules = scene.added_rules().into_iter();
    let found =
        rules.filter(|(_, rule)| matches!(rule.kind, RuleKind::Check(_)) && !rule.not_valid);
    let found = found.map(|(table, rule)| {
        let text =
            format!("nobody can use the table while {} is checked for every row", rule.label());
        Found::new(table, text).safe(not_valid(scene, table, rule))
    });
    found.collect()
}
