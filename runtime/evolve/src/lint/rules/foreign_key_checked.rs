use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "foreign-key-checked",
    level: Level::Warn,
    engines: &[Dialect::Mysql],
    summary: "a foreign key is added while nobody can write",
    lock: "writers of the table wait until every row is looked up",
    damage: "With foreign_key_checks on the table is copied; off, nothing is checked and nothing \
           is locked.",
    safe: "Where every row is known to fit, `SET foreign_key_checks = 0` for this statement; or \
           a tool that copies beside.",
    bad: &[Example::mysql("ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id);")],
    good: &[
        Example::mysql(
            "CREATE TABLE orders (id INT PRIMARY KEY, user_id INT, FOREIGN KEY (user_id) REFERENCES users (id));",
        ),
        Example::mysql(
            "SET foreign_key_checks = 0; ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id);",
        ),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let is_off = scene.earlier.iter().any(|it| {
        matches!(&it.action, Action::Set { name, value } if name == "foreign_key_checks" && value == "0")
    });
    let rules = scene.added_rules().into_iter().filter(|_| !is_off);
    let found =
        rules.filter(|(_, it)| matches!(it.kind, RuleKind::ForeignKey(..))).map(|(table, rule)| {
            let text =
                format!("nobody can write while {} is checked against every row", rule.label());
            Found::new(table, text)
        });
    found.collect()
}
