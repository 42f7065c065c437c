use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "truncates",
    level: Level::Warn,
    engines: &[Dialect::Postgres, Dialect::Mysql],
    summary: "a table is emptied",
    lock: "ACCESS EXCLUSIVE on the table",
    damage: "Every row is gone, and no trigger of rows has seen it go.",
    safe: "Delete the rows that are meant, with a WHERE that says which; or do it by hand where \
           it is meant.",
    bad: &[Example::postgres("TRUNCATE users;"), Example::mysql("TRUNCATE TABLE users;")],
    good: &[Example::postgres("CREATE TABLE a (id INT PRIMARY KEY); TRUNCATE a;")],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let Action::Truncate { tables, cascade } = scene.action() else { return Vec::new() };
    let text = match cascade {
        true => "every row is gone, and every row of whatever refers to it",
        false => "every row is gone",
    };
    tables.iter().filter(|it| scene.exists(it)).map(|it| Found::new(it, text)).collect()
}
