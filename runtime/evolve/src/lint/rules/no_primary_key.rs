use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "no-primary-key",
    level: Level::Warn,
    engines: &Dialect::ALL,
    summary: "a table without a primary key",
    lock: "",
    damage: "No row can be told from another: Diesel has no `find` and no `update` of one, and \
           logical replication refuses to change rows.",
    safe: "A primary key.",
    bad: &[
        Example::postgres("CREATE TABLE a (b INT);"),
        Example::sqlite("CREATE TABLE a (b INT);"),
        Example::mysql("CREATE TABLE a (b INT);"),
    ],
    good: &[
        Example::postgres("CREATE TABLE a (b INT PRIMARY KEY);"),
        Example::postgres("CREATE TABLE a (b INT, c INT, PRIMARY KEY (b, c));"),
        Example::postgres("CREATE TABLE a (b INT); ALTER TABLE a ADD PRIMARY KEY (b);"),
        Example::postgres("CREATE TABLE a AS SELECT 1;"),
        Example::postgres("CREATE TEMPORARY TABLE a (b INT);"),
    ],
    look: Look::Whole(look),
};

fn look(whole: &Whole<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for statement in whole.statements {
        let Action::CreateTable(table) = &statement.action else { continue };
        let gets_one = whole.after.table(&table.name).is_none_or(|it| !it.primary_key.is_empty());
        if table.copied || table.temporary || gets_one || !table.primary_key().is_empty() {
            continue;
        }
        let text = "no row can be told from another";
        found.push(Found::new(&table.name, text).at(Spot::Line(statement.line)));
    }
    found
}
