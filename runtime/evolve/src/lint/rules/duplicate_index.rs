use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "duplicate-index",
    level: Level::Warn,
    engines: &Dialect::ALL,
    summary: "two indexes over the same",
    lock: "",
    damage: "Both are written at every INSERT, and one of them is enough to read by.",
    safe: "One of them.",
    bad: &[
        Example::postgres("CREATE INDEX a ON users (email); CREATE INDEX b ON users (email);"),
        Example::sqlite("CREATE INDEX b ON users (id);")
            .after("CREATE TABLE users (id BIGINT, PRIMARY KEY (id));"),
        Example::mysql("CREATE TABLE a (id INT PRIMARY KEY, b INT, UNIQUE (b), KEY x (b));"),
    ],
    good: &[
        Example::postgres("CREATE INDEX a ON users (email); CREATE INDEX b ON users (email, id);"),
        Example::postgres(
            "CREATE INDEX a ON users (email); CREATE INDEX b ON users USING hash (email);",
        ),
        Example::postgres(
            "CREATE INDEX a ON users (email); CREATE INDEX b ON users (email) WHERE id > 1;",
        ),
    ],
    look: Look::Whole(look),
};

fn look(whole: &Whole<'_>) -> Vec<Found> {
    pairs(whole, |new, old| new.keys == old.keys)
        .into_iter()
        .map(|(pair, spot)| {
            let Pair { table, new, old } = pair;
            let text = format!("index {new} is over the same as {old}");
            Found::new(table, text).safe("one of them").at(spot)
        })
        .collect()
}
