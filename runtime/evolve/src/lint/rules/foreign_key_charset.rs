use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "foreign-key-charset",
    level: Level::Warn,
    engines: &[Dialect::Mysql],
    summary: "a foreign key between texts of two character sets",
    lock: "",
    damage: "MySQL refuses it, with an error that does not say why.",
    safe: "The same character set and collation on both sides.",
    bad: &[Example::mysql(
        "CREATE TABLE a (id INT PRIMARY KEY, b VARCHAR(9) REFERENCES c (id)) CHARSET=latin1;",
    )
    .after("CREATE TABLE c (id VARCHAR(9) PRIMARY KEY) CHARSET=utf8mb4;")],
    good: &[Example::mysql(
        "CREATE TABLE a (id INT PRIMARY KEY, b VARCHAR(9) REFERENCES c (id)) CHARSET=utf8mb4;",
    )
    .after("CREATE TABLE c (id VARCHAR(9) PRIMARY KEY) CHARSET=utf8mb4;")],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (table, columns, to) in scene.foreign_keys() {
        let Some(target) = scene.known.table(&to.table) else { continue };
        let keys = if to.columns.is_empty() { &target.primary_key } else { &to.columns };
        for (own, other) in columns.iter().zip(keys) {
            let Some(other) = target.column(scene.engine(), other) else { continue };
            let theirs = other.charset.clone().or_else(|| target.charset.clone());
            let ours = charset(scene, table, own);
            let is_text = TypeText::new(&other.sql_type).bits().is_none();
            if let (Some(ours), Some(theirs)) = (ours, theirs)
                && is_text
                && ours != theirs
            {
                let text = format!("{ours} here and {theirs} in {}: MySQL refuses that", to.table);
                found.push(
                    Found::new(format!("{table}.{own}"), text)
                        .safe(format!("CHARACTER SET {theirs}")),
                );
            }
        }
    }
    found
}

fn charset(scene: &Scene<'_>, table: &str, column: &str) -> Option<String> {
    let declared =
        scene.columns().into_iter().find(|it| it.table == table && it.column.name == column);
    let own = declared.and_then(|it| it.column.charset.clone());
    let own = own.or_else(|| scene.known.column(table, column)?.charset.clone());
    if let Action::CreateTable(made) = scene.action() {
        return own.or_else(|| made.charset.clone());
    }
    own.or_else(|| scene.known.table(table)?.charset.clone())
}
