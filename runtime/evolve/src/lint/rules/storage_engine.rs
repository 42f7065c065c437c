use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "storage-engine",
    level: Level::Warn,
    engines: &[Dialect::Mysql],
    summary: "an engine without transactions",
    lock: "",
    damage: "MyISAM, MEMORY and their like undo nothing, lock whole tables and keep no foreign \
           keys.",
    safe: "InnoDB.",
    bad: &[
        Example::mysql("CREATE TABLE a (id INT PRIMARY KEY) ENGINE=MyISAM;"),
        Example::mysql("ALTER TABLE a ENGINE=MEMORY;"),
    ],
    good: &[Example::mysql("CREATE TABLE a (id INT PRIMARY KEY) ENGINE=InnoDB;")],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut engines: Vec<(&str, &str)> = Vec::new();
    if let Action::CreateTable(table) = scene.action() {
        engines.extend(table.engine.as_deref().map(|engine| (table.name.as_str(), engine)));
    }
    for (table, clause) in scene.clauses() {
        if let Clause::Engine(engine) = clause {
            engines.push((table, engine));
        }
    }
    let plain = ["myisam", "memory", "heap", "csv", "archive", "merge", "aria"];
    let found = engines.into_iter().filter(|(_, engine)| plain.contains(engine));
    let found = found.map(|(table, engine)| {
        Found::new(table, format!("{engine} has no transactions and no foreign keys"))
            .safe("ENGINE=InnoDB")
    });
    found.collect()
}
