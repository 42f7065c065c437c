use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "foreign-key-validated",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "a foreign key is checked against every row while nobody can write",
    lock: "SHARE ROW EXCLUSIVE on both tables: writers of both wait until every row is looked up",
    damage: "The larger the table, the longer neither of the two takes a row.",
    safe: "Add it NOT VALID, which holds for new rows at once and looks at none, and VALIDATE it \
           in a later migration, which lets others read and write.",
    bad: &[Example::postgres(
        "ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id);",
    )],
    good: &[
        Example::postgres(
            "ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;",
        ),
        Example::postgres("ALTER TABLE orders ADD COLUMN user_id BIGINT REFERENCES users (id);"),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (table, rule) in scene.added_rules() {
        let RuleKind::ForeignKey(_, to) = &rule.kind else { continue };
        if rule.not_valid {
            continue;
        }
        let text = format!(
            "nobody can write here or to {} while foreign key {} is checked against every row",
            to.table,
            rule.label()
        );
        found.push(Found::new(table, text).safe(not_valid(scene, table, rule)));
    }
    found
}
