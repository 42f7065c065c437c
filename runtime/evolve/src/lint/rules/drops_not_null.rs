use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "drops-not-null",
    level: Level::Note,
    engines: &[Dialect::Postgres, Dialect::Mysql],
    summary: "a column takes NULL from now on",
    lock: "",
    damage: "The application that is running reads it into a type that is no Option: it fails at \
           the first NULL that the new release writes.",
    safe: "Deploy code that reads Option first, and let the column take NULL afterwards.",
    bad: &[
        Example::postgres("ALTER TABLE users ALTER COLUMN email DROP NOT NULL;"),
        Example::mysql("ALTER TABLE users MODIFY email TEXT;")
            .after("CREATE TABLE users (id INT PRIMARY KEY, email TEXT NOT NULL);"),
    ],
    good: &[
        Example::postgres("ALTER TABLE users ALTER COLUMN email DROP DEFAULT;"),
        Example::mysql("ALTER TABLE users MODIFY email TEXT NOT NULL;")
            .after("CREATE TABLE users (id INT PRIMARY KEY, email TEXT NOT NULL);"),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (table, clause) in scene.clauses_of_existing() {
        let name = if let Clause::DropNotNull(name) = clause {
            name
        } else if let Clause::Modify { from, column } = clause
            && !column.not_null
            && scene.known.column(table, from).is_some_and(|it| !it.nullable)
        {
            from
        } else {
            continue;
        };
        let text = "what runs now reads it into a type that has no place for NULL";
        found.push(
            Found::new(format!("{table}.{name}"), text).safe("deploy code that reads Option first"),
        );
    }
    found
}
