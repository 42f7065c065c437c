use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_autogen_evolve::{Dialect, Plan, Target, plan};
use diesel_autogen_schema::sql::{self, Kind};
use diesel_autogen_schema::{Live, Object, ObjectKind, Schema, diff};

pub(crate) struct Db(SqliteConnection);

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    text: String,
}

impl Db {
    pub(crate) fn new() -> Db {
        Db(SqliteConnection::establish(":memory:").expect("sqlite in memory"))
    }

    /// A database that holds the schema.
    pub(crate) fn of(schema: &Schema) -> Db {
        let mut db = Db::new();
        let plan = planned(&Schema::EMPTY, schema, &Live::default(), OLDEST);
        db.up(&plan);
        db
    }

    pub(crate) fn run(&mut self, sql: &str) {
        self.try_run(sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }

    pub(crate) fn try_run(&mut self, sql: &str) -> Result<(), String> {
        self.0.batch_execute(sql).map_err(|error| error.to_string())
    }

    /// The rows of a query as SQL literals, joined by `|`, one line a row.
    pub(crate) fn rows(&mut self, columns: &[&str], rest: &str) -> Vec<String> {
        let quoted: Vec<String> = columns.iter().map(|it| format!("quote({it})")).collect();
        let query = format!("SELECT {} AS text FROM {rest}", quoted.join(" || '|' || "));
        let lines: Vec<Line> =
            diesel::sql_query(&query).load(&mut self.0).unwrap_or_else(|e| panic!("{e}\n{query}"));
        lines.into_iter().map(|line| line.text).collect()
    }

    pub(crate) fn up(&mut self, plan: &Plan) {
        self.file(&plan.up_sql(), plan.transaction).unwrap_or_else(|error| panic!("{error}"));
    }

    pub(crate) fn down(&mut self, plan: &Plan) {
        self.file(&plan.down_sql(), plan.transaction).unwrap_or_else(|error| panic!("{error}"));
    }

    /// Runs a file as Diesel does: in a transaction, or as it is.
    pub(crate) fn file(&mut self, sql: &str, transaction: bool) -> Result<(), String> {
        let result = if transaction {
            self.0.transaction(|connection| connection.batch_execute(sql))
        } else {
            self.0.batch_execute(sql)
        };
        result.map_err(|error| format!("{error}\n{sql}"))
    }

    /// Views and triggers as introspection gives them, beside this schema.
    pub(crate) fn live(&mut self, schema: &Schema) -> Live {
        let objects = self.rows(
            &["type", "name", "tbl_name", "sql"],
            "sqlite_schema WHERE type IN ('view', 'trigger') ORDER BY rowid",
        );
        let object = |line: String| {
            let parts: Vec<String> = line.splitn(4, '|').map(unquoted).collect();
            let [kind, name, table, sql] = &parts[..] else { panic!("{line}") };
            let kind = if kind == "view" { ObjectKind::View } else { ObjectKind::Trigger };
            Object {
                kind,
                name: name.clone().into(),
                table: table.clone().into(),
                sql: sql.clone().into(),
            }
        };
        let objects = objects.into_iter().map(object).collect();
        Live { schema: schema.clone(), objects, ..Live::default() }
    }

    /// Everything in `sqlite_schema`, whatever the order of columns and the layout.
    pub(crate) fn structure(&mut self) -> Vec<String> {
        let entries = self.rows(
            &["type", "sql"],
            "sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY name",
        );
        let mut texts: Vec<String> = entries
            .into_iter()
            .map(|line| {
                let (kind, sql) = line.split_once('|').expect("two columns");
                normal(&unquoted(kind), &unquoted(sql))
            })
            .collect();
        texts.sort();
        texts
    }

    pub(crate) fn foreign_keys_on(&mut self) -> bool {
        self.rows(&["foreign_keys"], "pragma_foreign_keys") == ["1"]
    }
}

fn unquoted(literal: &str) -> String {
    literal
        .strip_prefix('\'')
        .and_then(|it| it.strip_suffix('\''))
        .unwrap_or(literal)
        .replace("''", "'")
}

/// A statement with its parts in one order and its names in one spelling.
fn normal(kind: &str, text: &str) -> String {
    let mut parts = vec![Vec::new()];
    let mut depth = 0;
    for token in sql::tokens(text, Dialect::Sqlite).filter(|token| token.kind != Kind::Space) {
        let name = token.name().filter(|name| sql::plain(name) || token.kind == Kind::Word);
        let spelled = name.unwrap_or_else(|| token.text.to_owned());
        match token.text {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        let split =
            (depth == 1 && matches!(token.text, "(" | ",")) || (depth == 0 && token.text == ")");
        if split && kind == "table" {
            parts.push(Vec::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(spelled);
        }
    }
    let mut parts: Vec<String> = parts.iter().map(|part| part.join(" ")).collect();
    parts[1..].sort();
    parts.join("; ")
}

pub(crate) const OLDEST: (u16, u16, u16) = (3, 35, 5);

pub(crate) fn planned(
    before: &Schema,
    after: &Schema,
    live: &Live,
    minimum: (u16, u16, u16),
) -> Plan {
    let changes = diff(before, after).expect("hints that fit");
    let target = Target { minimum, ..Target::new(Dialect::Sqlite) };
    plan(&changes, &target, live).unwrap_or_else(|refusals| {
        panic!("{}", refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

/// A change of a database with rows, and its way back.
pub(crate) struct Story {
    pub(crate) before: Schema,
    pub(crate) after: Schema,
    pub(crate) live: Live,
    pub(crate) db: Db,
}

impl Story {
    /// A database that holds `before`, some rows and what else the SQL makes.
    pub(crate) fn new(before: Schema, after: Schema, seed: &str) -> Story {
        let mut db = Db::of(&before);
        db.run(seed);
        let live = db.live(&before);
        Story { before, after, live, db }
    }

    /// Runs up, and compares the structure with a database made of `after` at once. What hangs on
    /// its tables by hand is given as SQL.
    pub(crate) fn up(&mut self, by_hand: &str) -> Plan {
        let plan = planned(&self.before, &self.after, &self.live, OLDEST);
        self.db.up(&plan);
        let mut scratch = Db::of(&self.after);
        scratch.run(by_hand);
        assert_eq!(self.db.structure(), scratch.structure(), "{}", plan.up_sql());
        assert!(self.db.foreign_keys_on());
        plan
    }

    /// Runs down, compares, and up again.
    pub(crate) fn down_and_up(&mut self, plan: &Plan, by_hand: (&str, &str)) {
        let there = self.db.structure();
        self.db.down(plan);
        let mut scratch = Db::of(&self.before);
        scratch.run(by_hand.0);
        assert_eq!(self.db.structure(), scratch.structure(), "{}", plan.down_sql());
        self.db.up(plan);
        assert_eq!(self.db.structure(), there, "{}", plan.up_sql());
        assert!(self.db.foreign_keys_on());
    }

    /// All of it, nothing made by hand.
    pub(crate) fn round(&mut self) -> Plan {
        let plan = self.up("");
        self.down_and_up(&plan, ("", ""));
        plan
    }
}
