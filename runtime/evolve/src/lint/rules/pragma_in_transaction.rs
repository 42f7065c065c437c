use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "pragma-in-transaction",
    level: Level::Deny,
    engines: &[Dialect::Sqlite],
    summary: "PRAGMA foreign_keys inside of a transaction",
    lock: "",
    damage: "SQLite does nothing and says nothing: the statements behind it run with foreign \
           keys as they were.",
    safe: "`run_in_transaction = false` in metadata.toml, and BEGIN and COMMIT in the script, \
           behind the PRAGMA.",
    bad: &[Example::sqlite("PRAGMA foreign_keys = OFF; DELETE FROM a WHERE id = 1;")],
    good: &[
        Example::sqlite("PRAGMA foreign_keys = OFF; BEGIN; DELETE FROM a WHERE id = 1; COMMIT;")
            .outside(),
        Example::sqlite("PRAGMA defer_foreign_keys = ON;"),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let Action::Pragma { name, value: Some(_) } = scene.action() else { return Vec::new() };
    if name != "foreign_keys" || !scene.transaction {
        return Vec::new();
    }
    let text = "inside of a transaction this does nothing, without a word";
    vec![Found::new("foreign_keys", text).safe("run_in_transaction = false in metadata.toml")]
}
