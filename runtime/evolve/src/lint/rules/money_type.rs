use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "money-type",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "money depends on a setting of the server",
    lock: "",
    damage: "How many digits it keeps, and what it prints and reads, depends on `lc_monetary`: \
           another server reads other amounts.",
    safe: "NUMERIC with a scale, or a whole number of the smallest unit.",
    bad: &[Example::postgres("CREATE TABLE a (id INT PRIMARY KEY, price MONEY);")],
    good: &[Example::postgres("CREATE TABLE a (id INT PRIMARY KEY, price NUMERIC(12, 2));")],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let text = "what it means depends on a setting of the server";
    of_type(scene, |it| it.base == "money", text, "NUMERIC(12, 2)")
}
