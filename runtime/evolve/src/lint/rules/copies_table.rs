use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "copies-table",
    level: Level::Warn,
    engines: &[Dialect::Mysql],
    summary: "the table is copied while nobody can write",
    lock: "writers wait until every row is copied",
    damage: "The table takes no row for as long as the copy takes, and replicas fall behind by \
           as much again.",
    safe: "`ALGORITHM=INPLACE, LOCK=NONE` makes the server refuse instead of copying; where it \
           must be copied, a tool that does it beside: gh-ost, pt-online-schema-change.",
    bad: &[
        Example::mysql("ALTER TABLE users MODIFY id INT NOT NULL;").after("CREATE TABLE users (id BIGINT PRIMARY KEY, email VARCHAR(50) NOT NULL, state ENUM('a','b')) DEFAULT CHARSET=utf8mb4;"),
        Example::mysql("ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4;"),
        Example::mysql("ALTER TABLE users DROP PRIMARY KEY;"),
        Example::mysql("ALTER TABLE users ADD COLUMN a INT, ALGORITHM=COPY;"),
    ],
    good: &[
        Example::mysql("ALTER TABLE users MODIFY email VARCHAR(60) NOT NULL;").after("CREATE TABLE users (id BIGINT PRIMARY KEY, email VARCHAR(50) NOT NULL, state ENUM('a','b')) DEFAULT CHARSET=utf8mb4;"),
        Example::mysql("ALTER TABLE users ADD COLUMN a INT;"),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let clauses = scene.clauses_of_existing();
    let mut found = Vec::new();
    for (table, clause) in clauses {
        let Some(why) = copied(scene, table, clause) else { continue };
        let text = format!("{why}: nobody can write while every row is copied");
        found.push(Found::new(table, text).safe("ALGORITHM=INPLACE, LOCK=NONE to have it refused"));
    }
    found
}

fn copied(scene: &Scene<'_>, table: &str, clause: &Clause) -> Option<String> {
    if let Clause::Modify { from, column } = clause {
        let before = scene.known.column(table, from)?;
        let (old, new) = (TypeText::new(&before.sql_type), TypeText::new(&column.sql_type));
        let wider = old.base == "varchar" && new.base == "varchar" && grows_in_place(&old, &new);
        let appended = old.base == "enum" && new.labels.starts_with(&old.labels);
        let same = old == new && before.charset == column.charset;
        let text = format!("`{from}` from {} to {}", before.sql_type, column.sql_type);
        return (!wider && !appended && !same).then_some(text);
    }
    if let Clause::ConvertCharset(to) = clause {
        return Some(format!("another character set, {to}"));
    }
    if let Clause::DropConstraint { primary_key: true, .. } = clause {
        return Some("another primary key".to_owned());
    }
    if let Clause::Rewrite(what) = clause {
        return Some(what.to_lowercase());
    }
    let asked = matches!(clause, Clause::Algorithm(algorithm) if algorithm == "COPY");
    asked.then(|| "ALGORITHM=COPY".to_owned())
}

/// The length of a text is kept in one byte up to 255 bytes, and in two beyond.
fn grows_in_place(old: &TypeText, new: &TypeText) -> bool {
    let (Some(from), Some(to)) = (old.limit(), new.limit()) else { return false };
    let bytes = |letters: u32| letters.saturating_mul(4) > 255;
    from <= to && bytes(from) == bytes(to)
}
