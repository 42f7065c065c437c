use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "not-null-scans",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "SET NOT NULL reads every row while nobody can read",
    lock: "ACCESS EXCLUSIVE on the table until every row is read",
    damage: "The table stands still for as long as it takes to read it.",
    safe: "Three migrations: add `CHECK (column IS NOT NULL) NOT VALID`; validate it; then SET \
           NOT NULL, which PostgreSQL takes from the check without looking, and drop the check.",
    bad: &[Example::postgres("ALTER TABLE users ALTER COLUMN email SET NOT NULL;")
        .after("CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT, age INT);")],
    good: &[
        Example::postgres("ALTER TABLE users ALTER COLUMN email SET NOT NULL;").after(
            "CREATE TABLE users (id INT, email TEXT, CONSTRAINT c CHECK (email IS NOT NULL));",
        ),
        Example::postgres(
            "ALTER TABLE users ADD CONSTRAINT c CHECK (email IS NOT NULL) NOT VALID;",
        )
        .after("CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT, age INT);"),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (table, clause) in scene.clauses_of_existing() {
        let Clause::SetNotNull(column) = clause else { continue };
        let costs = cost::clause(table, clause, scene.known);
        let scans = costs.iter().any(|cost| cost.work >= Work::Scan);
        if !scans {
            continue;
        }
        let text = "nobody can use the table while every row is looked at for NULL";
        let (place, name) = (shown(table), shown(column));
        let safe = format!(
            "ALTER TABLE {place} ADD CONSTRAINT {check} CHECK ({name} IS NOT NULL) NOT VALID; then, each in \
             a migration of its own, ALTER TABLE {place} VALIDATE CONSTRAINT {check}; and this",
            check = shown(&format!("{column}_not_null"))
        );
        found.push(Found::new(format!("{table}.{column}"), text).safe(safe));
    }
    found
}
