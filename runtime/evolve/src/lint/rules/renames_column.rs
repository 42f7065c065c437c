use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "renames-column",
    level: Level::Warn,
    engines: &Dialect::ALL,
    summary: "a column gets another name",
    lock: "",
    damage: "The application that is running still asks for the old one: it fails until the new \
           release is everywhere, and the new one fails until the migration has run.",
    safe: "Add a column of the new name, write both, fill it in batches, read the new one, drop \
           the old one: a release each. Or keep the name in the database, and say \
           `#[diesel(column_name = …)]`.",
    bad: &[
        Example::postgres("ALTER TABLE users RENAME COLUMN name TO full_name;"),
        Example::sqlite("ALTER TABLE users RENAME COLUMN name TO full_name;"),
        Example::mysql("ALTER TABLE users CHANGE name full_name TEXT;"),
    ],
    good: &[
        Example::postgres("ALTER TABLE users ADD COLUMN full_name TEXT;"),
        Example::postgres("ALTER TABLE users RENAME COLUMN name TO deprecated_name;"),
    ],
    look: Look::Whole(look),
};

fn look(whole: &Whole<'_>) -> Vec<Found> {
    let engine = whole.subject.engine();
    let mut moves = Moves::default();
    for (at, statement) in whole.statements.iter().enumerate() {
        let Action::AlterTable { table, clauses } = &statement.action else { continue };
        for clause in clauses {
            if let Clause::RenameTable(to) = clause {
                moves.inside(table, to);
            } else if let Clause::RenameColumn { from, to } = clause {
                moves.step(table, from, to, at);
            } else if let Clause::Modify { from, column } = clause {
                moves.step(table, from, &column.name, at);
            }
        }
    }
    let follows = |it: &Moved| has_followed(whole.statements, &it.of, &it.from);
    let (following, moved): (Vec<Moved>, Vec<Moved>) = moves.all(engine).partition(follows);
    let mut found = Vec::new();
    for Moved { of: table, from, to, first, last } in moved {
        // One that followed it has its name now: whoever asks for that finds the same values.
        if following.iter().any(|it| it.of == table && it.to == from) {
            continue;
        }
        // Whoever gives a column such a name reads it no more.
        let is_new = is_made(whole, &table, first) || is_added(whole, &table, &from, first);
        let is_gone = is_dropped(whole, &table, &to, last);
        if is_new || is_gone || to.starts_with("deprecated_") {
            continue;
        }
        let text = format!("what runs now asks for `{from}`, and the next release for `{to}`");
        found.push(
            Found::new(format!("{table}.{from}"), text).at(Spot::Line(whole.statements[last].line)),
        );
    }
    found
}

fn is_added(whole: &Whole<'_>, table: &str, column: &str, at: usize) -> bool {
    let adds = |clause: &Clause| matches!(clause, Clause::AddColumn(it) if it.name == column);
    any_clause(&whole.statements[..at], table, adds)
}

/// Whether the script lets go of it afterwards: then it was only put aside.
fn is_dropped(whole: &Whole<'_>, table: &str, column: &str, at: usize) -> bool {
    let drops =
        |clause: &Clause| matches!(clause, Clause::DropColumn { name, .. } if name == column);
    any_clause(&whole.statements[at..], table, drops)
}

fn any_clause(statements: &[Statement], table: &str, is: impl Fn(&Clause) -> bool) -> bool {
    statements.iter().any(|it| {
        matches!(&it.action, Action::AlterTable { table: other, clauses }
            if other == table && clauses.iter().any(&is))
    })
}
