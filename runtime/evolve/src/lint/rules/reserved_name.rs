use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "reserved-name",
    level: Level::Note,
    engines: &Dialect::ALL,
    summary: "a name that is a word of SQL",
    lock: "",
    damage: "It needs quotes in every query that somebody writes by hand, and the error without \
           them is hard to read.",
    safe: "Another name, or `#[diesel(column_name = …)]` the other way round.",
    bad: &[
        Example::postgres("CREATE TABLE \"order\" (id INT PRIMARY KEY);"),
        Example::sqlite("ALTER TABLE a ADD COLUMN \"group\" TEXT;"),
        Example::mysql("CREATE TABLE `order` (id INT PRIMARY KEY);"),
    ],
    good: &[Example::postgres("CREATE TABLE orders (id INT PRIMARY KEY);")],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let names = new_names(scene).into_iter();
    let found = names.filter(|(_, name)| is_word(scene.engine(), name)).map(|(object, _)| {
        Found::new(object, "the name is a word of SQL, and needs quotes wherever it is written")
    });
    found.collect()
}
