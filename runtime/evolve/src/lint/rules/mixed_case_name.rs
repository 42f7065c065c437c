use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "mixed-case-name",
    level: Level::Note,
    engines: &[Dialect::Postgres],
    summary: "a name with capital letters",
    lock: "",
    damage: "PostgreSQL makes names small unless they are quoted, so it needs quotes in every \
           query that somebody writes by hand.",
    safe: "Small letters and underscores.",
    bad: &[
        Example::postgres("CREATE TABLE \"Users\" (id INT PRIMARY KEY);"),
        Example::postgres("ALTER TABLE a ADD COLUMN \"fullName\" TEXT;"),
    ],
    good: &[Example::postgres("CREATE TABLE Users (id INT PRIMARY KEY);")],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let names = new_names(scene).into_iter();
    let capital = |name: &str| name.chars().any(char::is_uppercase);
    let found = names.filter(|(_, name)| capital(name)).map(|(object, name)| {
        let text = "the name has capital letters, and needs quotes wherever it is written";
        Found::new(object, text).safe(shown(&name.to_lowercase()))
    });
    found.collect()
}
