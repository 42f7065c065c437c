use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "type-narrows",
    level: Level::Warn,
    engines: &[Dialect::Postgres, Dialect::Mysql],
    summary: "a type that does not take all values of the one before",
    lock: "",
    damage: "Where a row holds such a value the migration fails, or, on MySQL outside of strict \
           mode, the value is cut.",
    safe: "Count the rows that do not fit first, and decide what becomes of them; or keep the \
           type and add a check.",
    bad: &[
        Example::postgres("ALTER TABLE users ALTER COLUMN id TYPE INT;")
            .after("CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT, age INT);"),
        Example::postgres("ALTER TABLE users ALTER COLUMN email TYPE VARCHAR(20);")
            .after("CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT, age INT);"),
        Example::mysql("ALTER TABLE users MODIFY id INT NOT NULL;")
            .after("CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT, age INT);"),
    ],
    good: &[
        Example::postgres("ALTER TABLE users ALTER COLUMN age TYPE BIGINT;")
            .after("CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT, age INT);"),
        Example::postgres("ALTER TABLE users ALTER COLUMN x TYPE INT;"),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (table, clause) in scene.clauses_of_existing() {
        let (column, to) = if let Clause::SetType { column, sql_type, .. } = clause {
            (column, sql_type)
        } else if let Clause::Modify { from, column } = clause {
            (from, &column.sql_type)
        } else {
            continue;
        };
        let Some(before) = scene.known.column(table, column) else { continue };
        let reason = TypeText::new(&before.sql_type).narrows_to(&TypeText::new(to));
        found.extend(reason.map(|reason| {
            let text = format!("from {} to {to}: {reason}", before.sql_type);
            Found::new(format!("{table}.{column}"), text)
                .safe("count the rows that do not fit first")
        }));
    }
    found
}
