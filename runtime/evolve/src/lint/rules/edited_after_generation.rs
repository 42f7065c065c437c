use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "edited-after-generation",
    level: Level::Warn,
    engines: &Dialect::ALL,
    summary: "SQL is not as it was generated",
    lock: "",
    damage: "What was proved is not what runs; and the snapshot says what was proved.",
    safe: "Restore it; or remove the checksum from metadata.toml and prove what it is now with \
           diesel-autogen verify.",
    bad: &[
        Example::postgres("SELECT 1;").edited(&["up.sql"]),
        Example::sqlite("SELECT 1;").edited(&["down.sql"]),
        Example::mysql("SELECT 1;").edited(&["up.sql"]),
    ],
    good: &[Example::postgres("SELECT 1;")],
    look: Look::Whole(look),
};

fn look(whole: &Whole<'_>) -> Vec<Found> {
    let Some(revision) = &whole.subject.revision else { return Vec::new() };
    let found = revision.edited.iter().map(|file| {
        let spot = if *file == "down.sql" { Spot::Down } else { Spot::Up };
        Found::new("", format!("{file} is not as it was when it was proved")).at(spot)
    });
    found.collect()
}
