use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "data-and-schema",
    level: Level::Note,
    engines: &Dialect::ALL,
    summary: "rows and tables are changed in one migration",
    lock: "",
    damage: "The change of the tables waits for the rows, or the rows for the tables; and \
           neither can be run again without the other.",
    safe: "A migration for the tables, and one for the rows.",
    bad: &[
        Example::postgres(
            "ALTER TABLE users ADD COLUMN a INT; UPDATE posts SET b = 1 WHERE b IS NULL;",
        ),
        Example::sqlite("CREATE INDEX a ON users (id); DELETE FROM posts WHERE id = 1;"),
        Example::mysql("ALTER TABLE users ADD COLUMN a INT; DELETE FROM b WHERE id = 1;"),
    ],
    good: &[
        Example::postgres("ALTER TABLE users ADD COLUMN a INT;"),
        Example::postgres("CREATE TABLE a (id INT PRIMARY KEY); INSERT INTO a VALUES (1);"),
        Example::sqlite(
            "CREATE TABLE new (id INTEGER PRIMARY KEY); INSERT INTO new SELECT id FROM users; DROP TABLE users; ALTER TABLE new RENAME TO users;",
        ),
    ],
    look: Look::Whole(look),
};

fn look(whole: &Whole<'_>) -> Vec<Found> {
    let engine = whole.subject.engine();
    let is_made = |table: &str| {
        whole.statements.iter().any(|it| {
        matches!(&it.action, Action::CreateTable(made) if folded(engine, &made.name) == folded(engine, table))
    })
    };
    let changes_table = |it: &&Statement| {
        let index = matches!(&it.action, Action::CreateIndex { table, .. } if !is_made(table));
        index || matches!(&it.action, Action::AlterTable { table, .. } if !is_made(table))
    };
    // By hand; what is generated fills rows only where the next statement needs it.
    let generated = whole.subject.revision.as_ref().is_some_and(|it| it.generated);
    if generated || !whole.statements.iter().any(|it| changes_table(&it)) {
        return Vec::new();
    }
    let rows =
        whole.statements.iter().find_map(|it| match_rows(&it.action).map(|table| (it, table)));
    let rows = rows.filter(|(_, table)| !is_made(table) && *table != "sqlite_sequence");
    let text = "its rows are changed in the migration that changes tables";
    let found = rows.map(|(it, table)| {
        Found::new(table, text).safe("a migration for the rows").at(Spot::Line(it.line))
    });
    found.into_iter().collect()
}

fn match_rows(action: &Action) -> Option<&str> {
    if let Action::Update { table, .. } | Action::Delete { table, .. } = action {
        Some(table)
    } else {
        None
    }
}
