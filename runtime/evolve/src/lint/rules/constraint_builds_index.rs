use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "constraint-builds-index",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "a key or a unique constraint builds its index while nobody can read",
    lock: "ACCESS EXCLUSIVE on the table until the index is built",
    damage: "The table stands still for as long as the index takes.",
    safe: "CREATE UNIQUE INDEX CONCURRENTLY in a migration of its own, then ADD CONSTRAINT … \
           USING INDEX.",
    bad: &[
        Example::postgres("ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);"),
        Example::postgres("ALTER TABLE users ADD PRIMARY KEY (id);"),
        Example::postgres("ALTER TABLE users ADD COLUMN email TEXT UNIQUE;"),
    ],
    good: &[Example::postgres(
        "ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;",
    )],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let text = |what: &str| format!("nobody can use the table while the index of {what} is built");
    for (table, rule) in scene.added_rules() {
        let (kind, columns) = if let RuleKind::PrimaryKey(columns) = &rule.kind {
            ("PRIMARY KEY", columns)
        } else if let RuleKind::Unique(columns) = &rule.kind {
            ("UNIQUE", columns)
        } else {
            continue;
        };
        if rule.using_index.is_some() {
            continue;
        }
        let name = rule.name.clone().unwrap_or_else(|| names::unique(table, columns));
        let (place, name) = (shown(table), shown(&name));
        let columns: Vec<String> = columns.iter().map(|it| shown(it)).collect();
        let safe = format!(
            "CREATE UNIQUE INDEX CONCURRENTLY {name} ON {place} ({}); then ALTER TABLE {place} ADD \
             CONSTRAINT {name} {kind} USING INDEX {name};",
            columns.join(", ")
        );
        found.push(Found::new(table, text(&rule.label())).safe(safe));
    }
    for (table, column) in scene.added_columns() {
        if column.unique || column.primary_key {
            let safe = "add the column plain, then its index concurrently";
            found.push(
                Found::new(format!("{table}.{}", column.name), text("the column")).safe(safe),
            );
        }
    }
    found
}
