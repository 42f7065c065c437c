use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "locks-by-hand",
    level: Level::Warn,
    engines: &[Dialect::Postgres, Dialect::Mysql],
    summary: "LOCK TABLE in a migration",
    lock: "the lock that it names, until the transaction ends",
    damage: "Everybody who needs the table waits for the whole migration.",
    safe: "Let each statement take the lock that it needs.",
    bad: &[
        Example::postgres("LOCK TABLE users IN ACCESS EXCLUSIVE MODE;"),
        Example::mysql("LOCK TABLES users WRITE;"),
    ],
    good: &[Example::postgres("ALTER TABLE users ADD COLUMN a INT;")],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let Action::Lock { tables } = scene.action() else { return Vec::new() };
    let text = "everybody who needs the table waits for the rest of the migration";
    tables.iter().filter(|it| scene.exists(it)).map(|it| Found::new(it, text)).collect()
}
