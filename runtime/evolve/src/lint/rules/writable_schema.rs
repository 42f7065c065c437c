use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "writable-schema",
    level: Level::Deny,
    engines: &[Dialect::Sqlite],
    summary: "the catalogue is written by hand",
    lock: "",
    damage: "A mistake in one letter leaves a database that no longer opens.",
    safe: "ALTER TABLE, or a new table that takes the rows and the name of the old one.",
    bad: &[Example::sqlite("PRAGMA writable_schema = ON;")],
    good: &[Example::sqlite("PRAGMA table_info(users);")],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let Action::Pragma { name, value: Some(value) } = scene.action() else { return Vec::new() };
    let is_on = ["on", "1", "true", "yes"].contains(&value.as_str());
    let text = "a mistake in one letter leaves a database that no longer opens";
    if name == "writable_schema" && is_on { vec![Found::new(name, text)] } else { Vec::new() }
}
