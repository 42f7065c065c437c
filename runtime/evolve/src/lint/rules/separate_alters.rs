use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "separate-alters",
    level: Level::Note,
    engines: &[Dialect::Mysql],
    summary: "one table is altered several times",
    lock: "",
    damage: "Each statement that must copy or build copies and builds again, and each commits: a \
           failure between leaves half of them done.",
    safe: "One ALTER TABLE with several clauses.",
    bad: &[Example::mysql("ALTER TABLE a ADD COLUMN b INT; ALTER TABLE a ADD COLUMN c INT;")],
    good: &[
        Example::mysql("ALTER TABLE a ADD COLUMN b INT, ADD COLUMN c INT;"),
        Example::mysql("ALTER TABLE a ENABLE KEYS; ALTER TABLE a RENAME COLUMN b TO c;"),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let Action::AlterTable { table, clauses: _ } = scene.action() else { return Vec::new() };
    if scene.action().only_reopens() {
        return Vec::new();
    }
    let is_same = |it: &Statement| {
        !it.action.only_reopens()
            && matches!(&it.action, Action::AlterTable { table: other, clauses: _ } if other == table)
    };
    let text = "it is altered once more: each time is a step that commits by itself";
    let found = Found::new(table, text).safe("one ALTER TABLE with several clauses");
    if scene.exists(table) && scene.earlier.iter().any(is_same) { vec![found] } else { Vec::new() }
}
