use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "no-where",
    level: Level::Warn,
    engines: &Dialect::ALL,
    summary: "all rows are changed or deleted",
    lock: "a lock on each row, until the transaction ends",
    damage: "Every row is written in one transaction: whoever wants to change one waits for the \
           last. Or the WHERE was forgotten.",
    safe: "Say which rows are meant, `WHERE true` where all are; in batches when there are many.",
    bad: &[
        Example::postgres("UPDATE users SET state = 'on';"),
        Example::sqlite("DELETE FROM users;"),
        Example::mysql("DELETE FROM users;"),
    ],
    good: &[
        Example::postgres("UPDATE users SET state = 'on' WHERE state IS NULL;"),
        Example::postgres("CREATE TABLE a (id INT PRIMARY KEY); UPDATE a SET id = 1;"),
        Example::postgres("ALTER TABLE users ADD COLUMN n INT; UPDATE users SET n = age + 1;"),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let (table, text) = if let Action::Update { table, filtered: false } = scene.action() {
        (table, "every row is changed")
    } else if let Action::Delete { table, filtered: false } = scene.action() {
        (table, "every row is deleted")
    } else {
        return Vec::new();
    };
    // A column that the script added has to be filled in every row.
    let fills = scene.earlier.iter().any(|it| {
        matches!(&it.action, Action::AlterTable { table: other, clauses } if other == table
            && clauses.iter().any(|clause| matches!(clause, Clause::AddColumn(column)
                if scene.statement.mentions(&column.name))))
    });
    // The engine's own books are set to what was counted.
    if fills || !scene.exists(table) || table == "sqlite_sequence" {
        return Vec::new();
    }
    vec![Found::new(table, text).safe("a WHERE that says which rows are meant")]
}
