use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "json-type",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "json has no equality",
    lock: "",
    damage: "SELECT DISTINCT, GROUP BY and UNION over the table fail, no index reaches into it, \
           and it is parsed at every read.",
    safe: "jsonb: `#[column(sql_type = diesel::sql_types::Jsonb)]` in the model.",
    bad: &[Example::postgres("CREATE TABLE a (id INT PRIMARY KEY, doc JSON);")],
    good: &[Example::postgres("CREATE TABLE a (id INT PRIMARY KEY, doc JSONB);")],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let text = "json has no equality: DISTINCT and GROUP BY over the table fail";
    of_type(scene, |it| it.base == "json", text, "JSONB")
}
