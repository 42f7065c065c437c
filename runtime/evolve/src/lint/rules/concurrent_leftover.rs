use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "concurrent-leftover",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "an index that is built concurrently leaves an invalid one behind when it fails",
    lock: "",
    damage: "A build that fails or is cancelled leaves an index that is written by every INSERT \
           and read by no query. Run again, the statement fails because the name is taken, or, \
           with IF NOT EXISTS, does nothing and the broken index stays.",
    safe: "Drop what may be left of it first: `DROP INDEX CONCURRENTLY IF EXISTS` of the same \
           name.",
    bad: &[
        Example::postgres("CREATE INDEX CONCURRENTLY IF NOT EXISTS users_email_idx ON users (email);").outside(),
    ],
    good: &[
        Example::postgres("DROP INDEX CONCURRENTLY IF EXISTS users_email_idx; CREATE INDEX CONCURRENTLY users_email_idx ON users (email);").outside(),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let Action::CreateIndex { table, index, concurrently: true, .. } = scene.action() else {
        return Vec::new();
    };
    let Some(name) = &index.name else { return Vec::new() };
    let is_dropped = scene.earlier.iter().any(|it| {
        matches!(&it.action, Action::DropIndex { names, if_exists: true, .. }
            if names.iter().any(|it| it.rsplit('.').next() == Some(name)))
    });
    if is_dropped {
        return Vec::new();
    }
    let text =
        format!("a build of `{name}` that fails leaves an invalid index in the way of the next");
    let safe = format!("DROP INDEX CONCURRENTLY IF EXISTS {}; before it", shown(name));
    vec![Found::new(table, text).safe(safe)]
}
