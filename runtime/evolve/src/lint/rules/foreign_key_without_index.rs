use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "foreign-key-without-index",
    level: Level::Warn,
    engines: &[Dialect::Postgres, Dialect::Sqlite],
    summary: "no index begins with the columns of a foreign key",
    lock: "",
    damage: "Deleting a row, or changing its key, reads the whole table that refers to it, once \
           a row; and so does every join from there.",
    safe: "An index on the columns: `#[column(index)]` in the model.",
    bad: &[
        Example::postgres(
            "CREATE TABLE orders (id BIGINT PRIMARY KEY, user_id BIGINT REFERENCES users (id));",
        ),
        Example::sqlite(
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id));",
        ),
        Example::postgres(
            "ALTER TABLE orders ADD FOREIGN KEY (a) REFERENCES users (id) NOT VALID;",
        ),
    ],
    good: &[
        Example::postgres(
            "CREATE TABLE orders (id BIGINT PRIMARY KEY, user_id BIGINT REFERENCES users (id)); CREATE INDEX a ON orders (user_id);",
        ),
        Example::postgres(
            "CREATE TABLE tags (user_id BIGINT REFERENCES users (id), tag TEXT, PRIMARY KEY (user_id, tag));",
        ),
    ],
    look: Look::Whole(look),
};

fn look(whole: &Whole<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for table in whole.after.tables() {
        let before = whole.before.table(&table.name);
        for (_, columns, to) in &table.foreign_keys {
            let is_old = |(_, own, other): &(_, Vec<String>, Reference)| {
                own == columns && other.table == to.table
            };
            let was_there = before.is_some_and(|it| it.foreign_keys.iter().any(is_old));
            if was_there || is_indexed(table, columns) {
                continue;
            }
            let names: Vec<String> = columns.iter().map(|it| shown(it)).collect();
            let text = format!("deleting from {} reads all of it for each row", to.table);
            let safe = format!("CREATE INDEX ON {} ({});", shown(&table.name), names.join(", "));
            let spot = declared_at(whole, &table.name, columns);
            let object = format!("{}.{}", table.name, columns.join(", "));
            found.push(Found::new(object, text).safe(safe).at(spot));
        }
    }
    found
}

/// Whether an index of all rows has these columns first, in whatever order.
fn is_indexed(table: &KnownTable, columns: &[String]) -> bool {
    let covers = |keys: &[String]| {
        keys.len() >= columns.len() && columns.iter().all(|it| keys[..columns.len()].contains(it))
    };
    let whole = table.indexes.iter().filter(|it| !it.index.partial);
    covers(&table.primary_key) || whole.into_iter().any(|it| covers(&it.index.keys))
}

fn declared_at(whole: &Whole<'_>, table: &str, columns: &[String]) -> Spot {
    let bare = table.rsplit('.').next().unwrap_or(table);
    let declares = |it: &&Statement| {
        let is_kind = matches!(it.action, Action::CreateTable(_) | Action::AlterTable { .. });
        is_kind && it.mentions(bare) && columns.iter().all(|column| it.mentions(column))
    };
    whole.statements.iter().find(declares).map_or(Spot::Up, |it| Spot::Line(it.line))
}
