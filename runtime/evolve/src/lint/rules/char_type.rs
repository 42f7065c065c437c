use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "char-type",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "CHAR(n) pads with blanks",
    lock: "",
    damage: "Values come back with blanks behind them, compare in ways that surprise, and take \
           more room than a text.",
    safe: "TEXT, with a check of its length where that matters.",
    bad: &[Example::postgres("CREATE TABLE a (id INT PRIMARY KEY, code CHAR(3));")],
    good: &[Example::postgres("CREATE TABLE a (id INT PRIMARY KEY, code TEXT);")],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    of_type(scene, |it| it.base == "char", "CHAR(n) pads every value with blanks", "TEXT")
}
