use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "cascades-to-objects",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "DROP … CASCADE takes with it what nobody named",
    lock: "",
    damage: "Views, foreign keys, columns of other tables: whatever depends on it goes, and \
           differs from one database to the next. The way back does not bring it again.",
    safe: "Drop what depends on it by name; without CASCADE the server says what that is.",
    bad: &[
        Example::postgres("DROP TABLE users CASCADE;"),
        Example::postgres("ALTER TABLE users DROP COLUMN email CASCADE;"),
        Example::postgres("DROP TYPE state CASCADE;"),
    ],
    good: &[Example::postgres("DROP VIEW people; DROP TABLE users;")],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut names: Vec<String> = Vec::new();
    if let Action::DropTable { tables: all, cascade: true }
    | Action::DropIndex { names: all, cascade: true, .. }
    | Action::Drop { names: all, cascade: true, .. } = scene.action()
    {
        names.extend(all.iter().cloned());
    }
    for (table, clause) in scene.clauses() {
        if let Clause::DropColumn { name, cascade: true } = clause {
            names.push(format!("{table}.{name}"));
        } else if let Clause::DropConstraint { name, cascade: true, .. } = clause {
            names.push(format!("{table} ({})", name.as_deref().unwrap_or("primary key")));
        }
    }
    let text = "whatever depends on it goes with it, whether anybody meant that or not";
    names.into_iter().map(|name| Found::new(name, text).safe("drop each of them by name")).collect()
}
