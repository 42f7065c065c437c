use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "covered-index",
    level: Level::Note,
    engines: &Dialect::ALL,
    summary: "an index over the first columns of another",
    lock: "",
    damage: "The longer one answers what the shorter one answers, and both are written at every \
           INSERT.",
    safe: "The longer one alone, unless it is much wider and the shorter one is read all the time.",
    bad: &[
        Example::postgres("CREATE INDEX a ON users (email); CREATE INDEX b ON users (email, id);"),
        Example::sqlite("CREATE INDEX a ON users (email); CREATE INDEX b ON users (email, id);"),
        Example::mysql("CREATE INDEX a ON users (email); CREATE INDEX b ON users (email, id);"),
    ],
    good: &[
        Example::postgres(
            "CREATE UNIQUE INDEX a ON users (email); CREATE INDEX b ON users (email, id);",
        ),
        Example::postgres("CREATE INDEX a ON users (id); CREATE INDEX b ON users (email, id);"),
    ],
    look: Look::Whole(look),
};

fn look(whole: &Whole<'_>) -> Vec<Found> {
    // A unique index keeps a rule that the longer one does not.
    let covered = |short: &IndexDef, long: &IndexDef| {
        !short.unique && short.keys.len() < long.keys.len() && long.keys.starts_with(&short.keys)
    };
    let found = pairs(whole, |new, old| covered(new, old) || covered(old, new));
    found
        .into_iter()
        .map(|(pair, spot)| {
            let Pair { table, new, old } = pair;
            let text = format!(
                "of the indexes {old} and {new}, one is over the first columns of the other"
            );
            Found::new(table, text).safe("the longer one alone").at(spot)
        })
        .collect()
}
