use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "drops-column",
    level: Level::Warn,
    engines: &Dialect::ALL,
    summary: "a column goes with its values",
    lock: "",
    damage: "Its values are gone, and the application that is running still reads it: it fails \
           until the new release is everywhere.",
    safe: "Take it out of the models and deploy that; rename it to `deprecated_…`; drop it in a \
           later release.",
    bad: &[
        Example::postgres("ALTER TABLE users DROP COLUMN email;"),
        Example::sqlite("ALTER TABLE users DROP COLUMN email;"),
        Example::mysql("ALTER TABLE users DROP COLUMN email;"),
        Example::sqlite("CREATE TABLE new (id INTEGER PRIMARY KEY); INSERT INTO new SELECT id FROM users; DROP TABLE users; ALTER TABLE new RENAME TO users;").after("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);"),
    ],
    good: &[
        Example::postgres("ALTER TABLE users RENAME COLUMN email TO deprecated_email; ALTER TABLE users ALTER COLUMN deprecated_email DROP NOT NULL;"),
        Example::postgres("CREATE TABLE a (id INT PRIMARY KEY, b INT); ALTER TABLE a DROP COLUMN b;"),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (table, clause) in scene.clauses() {
        if let Clause::DropColumn { name, cascade: _ } = clause {
            // What is computed can be computed again.
            let is_computed = scene
                .known
                .column(table, name)
                .is_some_and(|it| matches!(it.made, Made::Stored | Made::Virtual));
            let is_followed = has_followed(scene.earlier, table, name);
            if scene.exists(table) && !is_computed && !is_followed {
                found.push(dropped(table, name));
            }
        } else if let Clause::RenameTable(to) = clause {
            found.extend(left_out(scene, table, to).iter().map(|name| dropped(to, name)));
        }
    }
    found
}

fn dropped(table: &str, column: &str) -> Found {
    let (place, name) = (shown(table), shown(column));
    let safe = format!(
        "ALTER TABLE {place} RENAME COLUMN {name} TO {}; and drop it in a later release",
        shown(&format!("deprecated_{column}"))
    );
    let text = "its values are gone, and what runs now still reads it";
    Found::new(format!("{table}.{column}"), text).safe(safe)
}

/// Columns that a table had and that the one which takes its place has not.
fn left_out(scene: &Scene<'_>, from: &str, to: &str) -> Vec<String> {
    let (Some(new), Some(old)) = (scene.known.table(from), scene.before.table(to)) else {
        return Vec::new();
    };
    let stays = |name: &str| new.column(scene.engine(), name).is_some();
    let gone = old.columns.iter().filter(|it| scene.is_rebuilt(to) && !stays(&it.name));
    gone.filter(|it| it.made != Made::Virtual).map(|it| it.name.clone()).collect()
}
