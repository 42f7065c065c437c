use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "not-atomic",
    level: Level::Note,
    engines: &[Dialect::Mysql],
    summary: "a migration that can be half done",
    lock: "",
    damage: "Every change of a table commits at once: when a later statement fails the earlier \
           ones stay, the migration is not noted, and run again it fails at its first \
           statement.",
    safe: "One statement a migration.",
    bad: &[Example::mysql("ALTER TABLE a ADD COLUMN b INT; UPDATE a SET b = 1 WHERE id = 1;")],
    good: &[
        Example::mysql("ALTER TABLE a ADD COLUMN b INT;"),
        Example::mysql("CREATE TABLE a (id INT PRIMARY KEY); CREATE INDEX b ON a (id);"),
        Example::mysql("ALTER TABLE a ENABLE KEYS; ALTER TABLE a RENAME COLUMN b TO c;"),
    ],
    look: Look::Whole(look),
};

fn look(whole: &Whole<'_>) -> Vec<Found> {
    let engine = whole.subject.engine();
    let made: Vec<String> = whole
        .statements
        .iter()
        .filter_map(|it| match_made(&it.action))
        .map(|it| folded(engine, it))
        .collect();
    let commits = |it: &&Statement| {
        let is_change = matches!(
            it.action,
            Action::AlterTable { .. }
                | Action::CreateIndex { .. }
                | Action::DropTable { .. }
                | Action::DropIndex { .. }
                | Action::RenameTables(_)
        );
        is_change
            && !it.action.only_reopens()
            && !made.iter().any(|table| it.words.iter().any(|word| folded(engine, word) == *table))
    };
    let says = |it: &&Statement| {
        !matches!(it.action, Action::Set { .. } | Action::Select) && !it.action.only_reopens()
    };
    let Some(first) = whole.statements.iter().find(commits) else { return Vec::new() };
    if whole.statements.iter().filter(says).count() < 2 {
        return Vec::new();
    }
    let text = "it commits by itself: when another statement fails, this one stays";
    vec![Found::new("", text).safe("one statement a migration").at(Spot::Line(first.line))]
}

fn match_made(action: &Action) -> Option<&str> {
    if let Action::CreateTable(table) = action { Some(&table.name) } else { None }
}
