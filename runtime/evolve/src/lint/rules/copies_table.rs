use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "copies-table",
    level: Level::Warn,
    engines: &[Dialect::Mysql],
    summary: "the table is copied while nobody can write",
    lock: "writers wait until every row is copied",
    damage: "The table takes no row for as long as the copy takes, and replicas fall behind by \
           as much again.",
    safe: "`ALGORITHM=INPLACE, LOCK=NONE` makes the server refuse instead of copying; where it \
           must be copied, a tool that does it beside: gh-ost, pt-online-schema-change.",
    bad: &[
        Example::mysql("ALTER TABLE users MODIFY id INT NOT NULL;").after("CREATE TABLE users (id BIGINT PRIMARY KEY, email VARCHAR(50) NOT NULL, state ENUM('a','b')) DEFAULT CHARSET=utf8mb4;"),
        Example::mysql("ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4;"),
        Example::mysql("ALTER TABLE users DROP PRIMARY KEY;"),
        Example::mysql("ALTER TABLE users ADD COLUMN a INT, ALGORITHM=COPY;"),
        Example::mysql("ALTER TABLE users ADD CONSTRAINT some CHECK (id > 0);"),
        Example::mysql("ALTER TABLE users ADD FULLTEXT INDEX words (email);"),
    ],
    good: &[
        Example::mysql("ALTER TABLE users MODIFY email VARCHAR(60) NOT NULL;").after("CREATE TABLE users (id BIGINT PRIMARY KEY, email VARCHAR(50) NOT NULL, state ENUM('a','b')) DEFAULT CHARSET=utf8mb4;"),
        Example::mysql("ALTER TABLE users ADD COLUMN a INT;"),
        Example::mysql("ALTER TABLE users DROP PRIMARY KEY, ADD PRIMARY KEY (email);"),
        Example::mysql("ALTER TABLE users MODIFY state ENUM('a','b') CHARACTER SET utf8mb4 DEFAULT 'a';").after("CREATE TABLE users (id BIGINT PRIMARY KEY, email VARCHAR(50) NOT NULL, state ENUM('a','b')) DEFAULT CHARSET=utf8mb4;"),
        Example::mysql("ALTER TABLE users MODIFY email VARCHAR(50) NULL;").after("CREATE TABLE users (id BIGINT PRIMARY KEY, email VARCHAR(50) NOT NULL, state ENUM('a','b')) DEFAULT CHARSET=utf8mb4;"),
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let Action::AlterTable { table, clauses } = scene.action() else { return Vec::new() };
    if !scene.exists(table) {
        return Vec::new();
    }
    let rest: Vec<Clause> = clauses.iter().filter(|it| !is_told(it)).cloned().collect();
    let whole = stopped(scene, table, &rest, "all of it in one statement");
    if whole.is_none() {
        return Vec::new();
    }
    // One that goes while another comes is no reason.
    let comes = rest.iter().any(is_primary_key);
    let own = rest.iter().filter(|it| !comes || !drops_primary_key(it));
    let parts = own
        .filter_map(|it| stopped(scene, table, std::slice::from_ref(it), &why(scene, table, it)));
    let parts: Vec<Found> = parts.collect();
    if parts.is_empty() { whole.into_iter().collect() } else { parts }
}

fn is_primary_key(clause: &Clause) -> bool {
    matches!(clause, Clause::AddConstraint(rule) if matches!(rule.kind, RuleKind::PrimaryKey(_)))
}

fn drops_primary_key(clause: &Clause) -> bool {
    matches!(clause, Clause::DropConstraint { name: _, primary_key: true, cascade: _ })
}

/// What other rules tell.
fn is_told(clause: &Clause) -> bool {
    if let Clause::AddColumn(column) = clause {
        matches!(column.made, Made::Counted | Made::Stored)
    } else {
        matches!(clause, Clause::AddConstraint(rule) if matches!(rule.kind, RuleKind::ForeignKey(..)))
    }
}

fn stopped(scene: &Scene<'_>, table: &str, clauses: &[Clause], why: &str) -> Option<Found> {
    let asked = |it: &Clause| matches!(it, Clause::Algorithm(algorithm) if algorithm == "COPY");
    let means = cost::mysql(table, clauses, scene.known, scene.subject.flavour);
    let is_asked = clauses.iter().any(asked);
    if !is_asked && !means.stops_writers() {
        return None;
    }
    let work = match means.algorithm {
        Algorithm::Copy => "every row is copied",
        Algorithm::Inplace | Algorithm::Nocopy | Algorithm::Instant if is_asked => {
            "every row is copied"
        }
        Algorithm::Inplace => "the table is built anew",
        Algorithm::Nocopy | Algorithm::Instant => "the index is built",
    };
    let found = Found::new(table, format!("{why}: nobody can write while {work}"));
    Some(found.safe("ALGORITHM=INPLACE, LOCK=NONE to have it refused"))
}

/// What a clause is about, in words.
fn why(scene: &Scene<'_>, table: &str, clause: &Clause) -> String {
    if let Clause::Modify { from, column } = clause {
        let before = scene.known.column(table, from);
        match before.filter(|it| it.sql_type != column.sql_type) {
            Some(before) => format!("`{from}` from {} to {}", before.sql_type, column.sql_type),
            None => format!("another definition of `{from}`"),
        }
    } else if let Clause::AddColumn(column) = clause {
        format!("the new column `{}`", column.name)
    } else if let Clause::DropColumn { name, cascade: _ } = clause {
        format!("`{name}` goes")
    } else if let Clause::AddConstraint(rule) = clause {
        format!("the new rule {}", rule.label())
    } else if let Clause::AddIndex(index) = clause {
        format!("the index {}", index.label())
    } else if let Clause::ConvertCharset(to) = clause {
        format!("another character set, {to}")
    } else if drops_primary_key(clause) {
        "another primary key".to_owned()
    } else if let Clause::Engine(engine) = clause {
        format!("another engine, {engine}")
    } else if let Clause::Rewrite(what) | Clause::Rebuild(what) = clause {
        what.to_lowercase()
    } else if let Clause::Algorithm(algorithm) = clause {
        format!("ALGORITHM={algorithm}")
    } else {
        "what it asks for".to_owned()
    }
}
