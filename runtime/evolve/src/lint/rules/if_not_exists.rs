use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "if-not-exists",
    level: Level::Note,
    engines: &Dialect::ALL,
    summary: "IF NOT EXISTS hides a table that is another",
    lock: "",
    damage: "Where a table of that name is there already nothing happens, whatever its columns \
           are: the migration is noted as applied and the application fails later.",
    safe: "Without IF NOT EXISTS the migration says so itself.",
    bad: &[
        Example::postgres("CREATE TABLE IF NOT EXISTS a (id INT PRIMARY KEY);"),
        Example::sqlite("CREATE TABLE IF NOT EXISTS a (id INTEGER PRIMARY KEY);"),
        Example::mysql("CREATE TABLE IF NOT EXISTS a (id INT PRIMARY KEY);"),
    ],
    good: &[Example::postgres("CREATE TABLE a (id INT PRIMARY KEY);")],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let Action::CreateTable(table) = scene.action() else { return Vec::new() };
    let text = "a table of that name that is another stays as it is, and nobody notices";
    let found = Found::new(&table.name, text).safe("CREATE TABLE without IF NOT EXISTS");
    if table.if_not_exists && !table.temporary { vec![found] } else { Vec::new() }
}
