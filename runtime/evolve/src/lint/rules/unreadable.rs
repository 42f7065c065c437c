use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "unreadable",
    level: Level::Note,
    engines: &Dialect::ALL,
    summary: "a statement that is not understood",
    lock: "",
    damage: "Nothing is said of it, which does not mean that it is harmless.",
    safe: "Look at it yourself.",
    bad: &[
        Example::postgres("FROBNICATE users;"),
        Example::sqlite("FROBNICATE users;"),
        Example::mysql("FROBNICATE users;"),
        Example::postgres("ALTER TABLE users FROBNICATE;"),
    ],
    good: &[Example::postgres("ALTER TABLE users OWNER TO somebody;")],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    const KNOWN: [&str; 11] = [
        "OWNER", "REPLICA", "ENABLE", "DISABLE", "INHERIT", "NO", "CLUSTER", "FORCE", "ALTER",
        "OF", "NOT",
    ];
    let mut found = Vec::new();
    if scene.action() == &Action::Unknown {
        let start: String = scene.statement.text.chars().take(40).collect();
        found.push(Found::new("", format!("`{}` is not understood", start.trim())));
    }
    for (table, clause) in scene.clauses() {
        let Clause::Other(text) = clause else { continue };
        let word = text.split_whitespace().next().unwrap_or_default();
        if !KNOWN.iter().any(|known| known.eq_ignore_ascii_case(word)) {
            found.push(Found::new(table, format!("`{text}` is not understood")));
        }
    }
    found
}
