use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "no-way-back",
    level: Level::Warn,
    engines: &Dialect::ALL,
    summary: "a migration without a way back that does not say so",
    lock: "",
    damage: "`downgrade` stops there, and nobody knows whether that was meant.",
    safe: "Write down.sql; or say in it that there is no way back, and why: `-- irreversible: …`.",
    bad: &[
        Example::postgres("ALTER TABLE a ADD COLUMN b INT;").down(None),
        Example::sqlite("SELECT 1;").down(Some("-- nothing")),
        Example::mysql("SELECT 1;").down(None),
    ],
    good: &[
        Example::postgres("ALTER TABLE a ADD COLUMN b INT;")
            .down(Some("ALTER TABLE a DROP COLUMN b;")),
        Example::postgres("SELECT 1;").down(Some("-- irreversible: the rows are gone")),
    ],
    look: Look::Whole(look),
};

fn look(whole: &Whole<'_>) -> Vec<Found> {
    let Some(revision) = &whole.subject.revision else { return Vec::new() };
    let down = revision.down_sql.unwrap_or_default();
    let is_said = down.to_lowercase().contains("irreversible");
    let does = !read(down, whole.subject.engine()).is_empty();
    // What was generated has nothing to undo where it says nothing.
    if revision.generated || is_said || does {
        return Vec::new();
    }
    let text = "there is no way back, and nothing says whether that is meant";
    vec![Found::new("", text).safe("down.sql, or `-- irreversible: why` in it").at(Spot::Down)]
}
