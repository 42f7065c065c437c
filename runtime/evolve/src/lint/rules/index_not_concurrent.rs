use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "index-not-concurrent",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "an index is built while nobody can write",
    lock: "SHARE on the table: every INSERT, UPDATE and DELETE waits until the index is built",
    damage: "Building an index of a large table takes minutes, and the requests that write pile \
           up behind it.",
    safe: "Build it with CONCURRENTLY, in a migration of its own that runs in no transaction.",
    bad: &[Example::postgres("CREATE INDEX users_email_idx ON users (email);")],
    good: &[
        Example::postgres("CREATE INDEX CONCURRENTLY users_email_idx ON users (email);").outside(),
        Example::postgres(
            "CREATE TABLE tags (id BIGINT PRIMARY KEY, name TEXT); CREATE INDEX tags_name_idx ON tags (name);",
        ),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let Action::CreateIndex { table, index, concurrently: false, if_not_exists: _, only: false } =
        scene.action()
    else {
        return Vec::new();
    };
    if !scene.exists(table) {
        return Vec::new();
    }
    let text = format!("nobody can write while index {} is built", index.label());
    let safe = scene.statement.text.replacen("INDEX", "INDEX CONCURRENTLY", 1);
    vec![Found::new(table, text).safe(format!("{safe}; -- with run_in_transaction = false"))]
}
