use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "deletes-cascade",
    level: Level::Note,
    engines: &Dialect::ALL,
    summary: "deleting a row deletes others",
    lock: "",
    damage: "One DELETE of a parent takes all that hangs on it, level by level, in one \
           transaction; a mistake takes as much.",
    safe: "Where that is not meant: RESTRICT, and delete what hangs on it by name.",
    bad: &[
        Example::postgres(
            "CREATE TABLE a (id INT PRIMARY KEY, b INT REFERENCES c (id) ON DELETE CASCADE);",
        ),
        Example::sqlite(
            "CREATE TABLE a (id INTEGER PRIMARY KEY, b INT REFERENCES c (id) ON DELETE CASCADE);",
        ),
        Example::mysql("ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c (id) ON DELETE CASCADE;"),
    ],
    good: &[
        Example::postgres(
            "CREATE TABLE a (id INT PRIMARY KEY, b INT REFERENCES c (id) ON DELETE RESTRICT);",
        ),
        Example::mysql(
            "ALTER TABLE a DROP FOREIGN KEY f, RENAME COLUMN b TO d, \
             ADD CONSTRAINT f FOREIGN KEY (d) REFERENCES c (id) ON DELETE CASCADE;",
        )
        .after(
            "CREATE TABLE a (id INT PRIMARY KEY, b INT, \
             CONSTRAINT f FOREIGN KEY (b) REFERENCES c (id) ON DELETE CASCADE);",
        ),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let renamed = renamed(scene);
    let was_there = |table: &str, columns: &[&str]| {
        let of = |name: &&str| renamed.iter().find(|(_, to)| to == name).map(|(from, _)| *from);
        let columns: Vec<&str> = columns.iter().map(|it| of(it).unwrap_or(it)).collect();
        let cascades = |it: &(_, Vec<String>, Reference)| it.2.cascades && it.1 == columns;
        scene.before(table).is_some_and(|it| it.foreign_keys.iter().any(cascades))
    };
    let keys = scene.foreign_keys().into_iter().filter(|(_, _, to)| to.cascades);
    let new = keys.filter(|(table, columns, _)| !was_there(table, columns));
    let found = new.map(|(table, columns, to)| {
        let text = format!("deleting a row of {} deletes the rows that refer to it", to.table);
        Found::new(format!("{table}.{}", columns.join(", ")), text)
    });
    found.collect()
}

/// Columns that the statement itself gives another name: from, to.
fn renamed<'a>(scene: &Scene<'a>) -> Vec<(&'a str, &'a str)> {
    let pair = |(_, clause): (_, &'a Clause)| {
        if let Clause::RenameColumn { from, to } = clause {
            Some((from.as_str(), to.as_str()))
        } else if let Clause::Modify { from, column } = clause {
            Some((from.as_str(), column.name.as_str()))
        } else {
            None
        }
    };
    scene.clauses().filter_map(pair).collect()
}
