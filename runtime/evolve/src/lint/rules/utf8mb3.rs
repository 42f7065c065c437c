use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "utf8mb3",
    level: Level::Warn,
    engines: &[Dialect::Mysql],
    summary: "a character set that does not have all characters",
    lock: "",
    damage: "`utf8` means three bytes: an emoji or a rare sign makes the INSERT fail. The server \
           says that it will go.",
    safe: "utf8mb4.",
    bad: &[
        Example::mysql("CREATE TABLE a (id INT PRIMARY KEY) DEFAULT CHARSET=utf8;"),
        Example::mysql("ALTER TABLE a ADD COLUMN b TEXT CHARACTER SET utf8mb3;"),
    ],
    good: &[Example::mysql("CREATE TABLE a (id INT PRIMARY KEY) DEFAULT CHARSET=utf8mb4;")],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut sets: Vec<(String, &str)> = Vec::new();
    if let Action::CreateTable(table) = scene.action() {
        sets.extend(table.charset.as_deref().map(|charset| (table.name.clone(), charset)));
    }
    for it in scene.columns() {
        let object = format!("{}.{}", it.table, it.column.name);
        sets.extend(it.column.charset.as_deref().map(|charset| (object, charset)));
    }
    for (table, clause) in scene.clauses() {
        if let Clause::ConvertCharset(charset) = clause {
            sets.push((table.to_owned(), charset));
        }
    }
    let found = sets.into_iter().filter(|(_, charset)| ["utf8", "utf8mb3"].contains(charset));
    let text = "three bytes a character are not enough: an emoji makes the INSERT fail";
    found.map(|(object, _)| Found::new(object, text).safe("utf8mb4")).collect()
}
