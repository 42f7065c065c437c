use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "renames-table",
    level: Level::Warn,
    engines: &Dialect::ALL,
    summary: "a table gets another name",
    lock: "",
    damage: "The application that is running still asks for the old one: it fails until the new \
           release is everywhere, and the new one fails until the migration has run.",
    safe: "Rename it and make a view of the old name in one transaction, which simple views of \
           PostgreSQL let one write through, too; drop the view in a later release. Or keep the \
           name, and say `#[diesel(table_name = …)]`.",
    bad: &[
        Example::postgres("ALTER TABLE people RENAME TO users;"),
        Example::sqlite("ALTER TABLE people RENAME TO users;"),
        Example::mysql("RENAME TABLE people TO users;"),
        Example::postgres("ALTER TABLE users SET SCHEMA auth;"),
    ],
    good: &[
        Example::postgres(
            "ALTER TABLE people RENAME TO users; CREATE VIEW people AS SELECT * FROM users;",
        ),
        Example::postgres("ALTER TABLE people RENAME TO deprecated_people;"),
        Example::sqlite(
            "CREATE TABLE new (id INTEGER PRIMARY KEY); DROP TABLE users; ALTER TABLE new RENAME TO users;",
        ),
    ],
    look: Look::Whole(look),
};

fn look(whole: &Whole<'_>) -> Vec<Found> {
    let mut moves = Moves::default();
    for (at, statement) in whole.statements.iter().enumerate() {
        if let Action::RenameTables(pairs) = &statement.action {
            pairs.iter().for_each(|(from, to)| moves.step("", from, to, at));
        }
        let Action::AlterTable { table, clauses } = &statement.action else { continue };
        for to in clauses.iter().filter_map(|it| it.new_place(table)) {
            moves.step("", table, &to, at);
        }
    }
    let mut found = Vec::new();
    for Moved { of: _, from, to, first, last } in moves.all(whole.subject.engine()) {
        let has_view = whole
            .statements
            .iter()
            .any(|it| it.action == Action::Quiet && it.mentions("view") && it.mentions(&from));
        let bare = to.rsplit('.').next().unwrap_or(&to);
        if is_made(whole, &from, first) || has_view || bare.starts_with("deprecated_") {
            continue;
        }
        let text = format!("what runs now asks for `{from}`, and the next release for `{to}`");
        let view =
            format!("CREATE VIEW {} AS SELECT * FROM {}; behind it", shown(&from), shown(&to));
        found.push(Found::new(from, text).safe(view).at(Spot::Line(whole.statements[last].line)));
    }
    found
}
