use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "varchar-limit",
    level: Level::Note,
    engines: &[Dialect::Postgres],
    summary: "VARCHAR(n): the limit is hard to change",
    lock: "",
    damage: "A smaller limit needs every row to be read while nobody can use the table, and the \
           limit makes nothing faster or smaller.",
    safe: "TEXT, with a check of its length, which can be changed NOT VALID.",
    bad: &[Example::postgres("CREATE TABLE a (id INT PRIMARY KEY, code VARCHAR(3));")],
    good: &[Example::postgres(
        "CREATE TABLE a (id INT PRIMARY KEY, code TEXT CHECK (length(code) <= 3));",
    )],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let has_limit = |it: &TypeText| it.base == "varchar" && !it.digits.is_empty();
    of_type(scene, has_limit, "a limit is part of the type, and hard to change", "TEXT and a check")
}
