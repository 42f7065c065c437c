use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "type-change-rewrites",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "a change of type that writes every row anew",
    lock: "ACCESS EXCLUSIVE on the table until every row and every index is written anew",
    damage: "The table stands still for as long as that takes, and takes twice its place on disk \
           meanwhile.",
    safe: "Add a column of the new type, keep it in step by a trigger, fill it in batches, \
           switch over, drop the old one: a migration each.",
    bad: &[
        Example::postgres("ALTER TABLE users ALTER COLUMN age TYPE BIGINT;")
            .after("CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT, age INT);"),
        Example::postgres(
            "ALTER TABLE users ALTER COLUMN email TYPE BYTEA USING convert_to(email, 'UTF8');",
        )
        .after("CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT, age INT);"),
    ],
    good: &[
        Example::postgres("ALTER TABLE users ALTER COLUMN name TYPE VARCHAR(200);")
            .after("CREATE TABLE users (name VARCHAR(100));"),
        Example::postgres("ALTER TABLE users ALTER COLUMN name TYPE TEXT;")
            .after("CREATE TABLE users (name VARCHAR(100));"),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (table, clause) in scene.clauses_of_existing() {
        let Clause::SetType { column, sql_type, using: _, collation: _ } = clause else { continue };
        let costs = cost::clause(table, clause, scene.known);
        let what = match costs.first().map_or(Work::Nothing, |cost| cost.work) {
            Work::Nothing => continue,
            Work::Scan => "its checks are made of every row again",
            Work::Build => "its indexes are built anew",
            Work::Rewrite => "every row is written anew",
        };
        let from = scene.known.column(table, column).map(|it| format!("from {} ", it.sql_type));
        let text = format!(
            "{}to {sql_type}: {what}, and nobody can use the table meanwhile",
            from.unwrap_or_default()
        );
        let safe = "a second column of the new type, kept in step and filled in batches";
        found.push(Found::new(format!("{table}.{column}"), text).safe(safe));
    }
    found
}
