use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "foreign-key-type-mismatch",
    level: Level::Warn,
    engines: &[Dialect::Postgres, Dialect::Mysql],
    summary: "a foreign key of another type than the key that it refers to",
    lock: "",
    damage: "MySQL refuses it. PostgreSQL casts at every lookup, and values of the wider one \
           find nothing.",
    safe: "The same type on both sides.",
    bad: &[
        Example::postgres("CREATE TABLE orders (id BIGINT PRIMARY KEY, user_id INT REFERENCES users (id));").after("CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT, age INT);"),
        Example::mysql("ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id);").after("CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT, age INT); CREATE TABLE orders (id BIGINT PRIMARY KEY, user_id INT);"),
    ],
    good: &[
        Example::postgres("CREATE TABLE orders (id BIGINT PRIMARY KEY, user_id BIGINT REFERENCES users (id));").after("CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT, age INT);"),
        Example::postgres("CREATE TABLE orders (id BIGINT PRIMARY KEY, user_id INT REFERENCES others (id));").after("CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT, age INT);"),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (table, columns, to) in scene.foreign_keys() {
        let Some(target) = scene.known.table(&to.table) else { continue };
        let keys = if to.columns.is_empty() { &target.primary_key } else { &to.columns };
        for (own, other) in columns.iter().zip(keys) {
            let declared =
                scene.columns().into_iter().find(|it| it.table == table && it.column.name == *own);
            let own_type = declared.map(|it| it.column.sql_type.clone());
            let own_type =
                own_type.or_else(|| Some(scene.known.column(table, own)?.sql_type.clone()));
            let other_type = target.column(scene.engine(), other).map(|it| it.sql_type.clone());
            let (Some(own_type), Some(other_type)) = (own_type, other_type) else { continue };
            if !fits(&TypeText::new(&own_type), &TypeText::new(&other_type)) {
                let text =
                    format!("{own_type} refers to {}.{other}, which is {other_type}", to.table);
                found.push(Found::new(format!("{table}.{own}"), text).safe(other_type));
            }
        }
    }
    found
}

/// Lengths of texts do not matter, and digits of numbers do not.
fn fits(own: &TypeText, other: &TypeText) -> bool {
    let texts = ["varchar", "text", "citext"];
    let both_texts = texts.contains(&own.base.as_str()) && texts.contains(&other.base.as_str());
    both_texts || own.base == other.base && own.unsigned == other.unsigned
}
