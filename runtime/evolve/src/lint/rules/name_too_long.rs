use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "name-too-long",
    level: Level::Warn,
    engines: &[Dialect::Postgres, Dialect::Mysql],
    summary: "a name that is longer than the engine keeps",
    lock: "",
    damage: "PostgreSQL cuts it after 63 bytes without an error, and two that begin alike are \
           then one. MySQL refuses more than 64 letters.",
    safe: "A shorter name.",
    bad: &[
        Example::postgres("CREATE INDEX CONCURRENTLY aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ON users (email);").outside(),
        Example::mysql("CREATE TABLE aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa (id INT PRIMARY KEY);"),
    ],
    good: &[
        Example::postgres("CREATE INDEX CONCURRENTLY aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ON users (email);").outside(),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let is_too_long = |name: &str| match scene.engine() {
        Dialect::Postgres => name.len() > names::MAX_BYTES,
        Dialect::Mysql => name.chars().count() > 64,
        Dialect::Sqlite => false,
    };
    let mut all = new_names(scene);
    let indexes = scene.indexes().into_iter().filter_map(|(_, index)| index.name.clone());
    let rules = scene.rules().into_iter().filter_map(|it| it.rule.name.clone());
    all.extend(indexes.chain(rules).map(|name| (name.clone(), name)));
    let found = all.into_iter().filter(|(_, name)| is_too_long(name));
    found
        .map(|(object, _)| Found::new(object, "the name is longer than the engine keeps"))
        .collect()
}
