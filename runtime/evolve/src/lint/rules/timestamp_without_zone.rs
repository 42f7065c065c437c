use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "timestamp-without-zone",
    level: Level::Note,
    engines: &[Dialect::Postgres],
    summary: "a point in time without its zone",
    lock: "",
    damage: "It means another moment to whoever reads it in another zone: the server, the \
           application and a person rarely have the same.",
    safe: "TIMESTAMPTZ, which takes no more room: `DateTime<Utc>` in the model.",
    bad: &[Example::postgres("CREATE TABLE a (id INT PRIMARY KEY, at TIMESTAMP);")],
    good: &[Example::postgres("CREATE TABLE a (id INT PRIMARY KEY, at TIMESTAMPTZ);")],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let text = "it means another moment to whoever reads it in another zone";
    of_type(scene, |it| it.base == "timestamp", text, "TIMESTAMPTZ")
}
