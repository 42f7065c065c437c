use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "creates-extension",
    level: Level::Note,
    engines: &[Dialect::Postgres],
    summary: "an extension is installed by a migration",
    lock: "",
    damage: "The role that runs migrations must be allowed to, and the server must have the \
           files: what works on a laptop fails on a managed server.",
    safe: "Let whoever runs the server install it, and say `extensions = […]` in the package; \
           with IF NOT EXISTS the migration does nothing where it is there.",
    bad: &[Example::postgres("CREATE EXTENSION citext;")],
    good: &[Example::postgres("CREATE TABLE a (id INT PRIMARY KEY);")],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let Action::CreateExtension(name) = scene.action() else { return Vec::new() };
    let text =
        "whoever runs the migration must be allowed to install it, and the server must have it";
    vec![Found::new(name, text).safe(format!("CREATE EXTENSION IF NOT EXISTS {};", shown(name)))]
}
