use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "unique-on-rows",
    level: Level::Note,
    engines: &Dialect::ALL,
    summary: "rows that are there may repeat what becomes unique",
    lock: "",
    damage: "The first two rows that agree make the migration fail, or, built concurrently, \
           leave an invalid index behind.",
    safe: "Count them first: SELECT … GROUP BY … HAVING count(*) > 1.",
    bad: &[
        Example::postgres("CREATE UNIQUE INDEX CONCURRENTLY a ON users (email);").outside(),
        Example::sqlite("CREATE UNIQUE INDEX a ON users (email);"),
        Example::mysql("ALTER TABLE users ADD UNIQUE (email);"),
    ],
    good: &[
        Example::postgres("CREATE INDEX CONCURRENTLY a ON users (email);").outside(),
        Example::postgres(
            "CREATE TABLE b (id INT PRIMARY KEY, c INT); CREATE UNIQUE INDEX d ON b (c);",
        ),
        Example::sqlite("CREATE UNIQUE INDEX a ON users (email);").after(
            "CREATE TABLE users (id INT, email TEXT); CREATE UNIQUE INDEX b ON users (email);",
        ),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let indexes = scene.indexes().into_iter().filter(|(_, index)| index.unique);
    let mut made: Vec<(&str, &[String])> =
        indexes.map(|(table, index)| (table, index.keys.as_slice())).collect();
    for (table, rule) in scene.added_rules() {
        if let RuleKind::Unique(columns) = &rule.kind
            && rule.using_index.is_none()
        {
            made.push((table, columns));
        }
    }
    let is_kept = |table: &str, keys: &[String]| {
        let kept = |it: &KnownIndex| it.index.unique && it.index.keys == keys;
        scene.before(table).is_some_and(|it| it.indexes.iter().any(kept))
    };
    let on_rows = made.into_iter().filter(|(table, keys)| {
        !keys.is_empty() && scene.exists(table) && !scene.is_rebuilt(table) && !is_kept(table, keys)
    });
    let found = on_rows.map(|(table, keys)| {
        let keys: Vec<String> = keys.iter().map(|it| shown(it)).collect();
        let keys = keys.join(", ");
        let safe = format!(
            "SELECT {keys}, count(*) FROM {} GROUP BY {keys} HAVING count(*) > 1; first",
            shown(table)
        );
        Found::new(table, format!("rows may repeat ({keys}): this fails where two agree"))
            .safe(safe)
    });
    found.collect()
}
