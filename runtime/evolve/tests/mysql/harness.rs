use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel_autogen_evolve::{Dialect, Plan, Refusal, Target, plan};
use diesel_autogen_schema::{Flavour, Live, Schema, diff};

/// A database of its own, dropped with this.
pub(crate) struct Db {
    name: String,
}

/// The client's arguments for the server, and the database that it is told in the end.
fn client() -> Command {
    let url = std::env::var("AUTOGEN_MYSQL_URL")
        .unwrap_or_else(|_| "mysql://root@127.0.0.1:3306".to_owned());
    let rest = url.split_once("://").map_or(&*url, |(_, rest)| rest);
    let (user, host) = rest.split_once('@').unwrap_or(("root", rest));
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let host = host.split('/').next().unwrap_or(host);
    let (host, port) = host.split_once(':').unwrap_or((host, "3306"));
    let mut command = Command::new("mysql");
    command.args(["--host", host, "--port", port, "--user", user, "--protocol", "tcp"]);
    command.args(["--batch", "--skip-column-names", "--default-character-set=utf8mb4"]);
    command.env("MYSQL_PWD", password);
    command
}

fn run(database: &str, sql: &str) -> Result<String, String> {
    let mut command = client();
    if !database.is_empty() {
        command.arg(database);
    }
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().map_err(|error| error.to_string())?;
    // One that stops at an error reads no further.
    let _ = child.stdin.take().expect("a pipe").write_all(sql.as_bytes());
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("{}\n{sql}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

impl Db {
    /// An empty database, or none where there is no server.
    pub(crate) fn new() -> Option<Db> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("autogen_evolve_{}_{count}", std::process::id());
        // Another collation than that of tables, which have to say theirs.
        match run("", &format!("CREATE DATABASE {name} CHARACTER SET latin1;")) {
            Ok(_) => Some(Db { name }),
            Err(error) if std::env::var_os("AUTOGEN_REQUIRE_DATABASES").is_some() => {
                panic!("AUTOGEN_REQUIRE_DATABASES asks for a server: {error}")
            }
            Err(_) => None,
        }
    }

    /// A database that holds the schema.
    pub(crate) fn of(schema: &Schema) -> Option<Db> {
        let db = Db::new()?;
        db.up(&planned(&Schema::EMPTY, schema, &Live::default()));
        Some(db)
    }

    pub(crate) fn run(&self, sql: &str) {
        run(&self.name, sql).unwrap_or_else(|error| panic!("{error}"));
    }

    pub(crate) fn try_run(&self, sql: &str) -> Result<(), String> {
        run(&self.name, sql).map(drop)
    }

    /// The rows of a query as text joined by `|`, one line a row.
    pub(crate) fn rows(&self, sql: &str) -> Vec<String> {
        let text = run(&self.name, sql).unwrap_or_else(|error| panic!("{error}"));
        text.lines().map(|line| line.replace('\t', "|")).collect()
    }

    pub(crate) fn up(&self, plan: &Plan) {
        self.run(&plan.up_sql());
    }

    pub(crate) fn down(&self, plan: &Plan) {
        self.run(&plan.down_sql());
    }

    /// Everything in the catalogue that facts speak of, sorted.
    pub(crate) fn structure(&self) -> Vec<String> {
        let mut lines: Vec<String> = [TABLES, COLUMNS, INDEXES, KEYS, CHECKS]
            .iter()
            .flat_map(|sql| self.rows(sql))
            .collect();
        lines.sort();
        lines
    }
}

impl Drop for Db {
    fn drop(&mut self) {
        // Whoever fails to drop it has failed otherwise before.
        let _ = run("", &format!("DROP DATABASE {}", self.name));
    }
}

const TABLES: &str = "SELECT CONCAT_WS(' ', 'table', TABLE_NAME, ENGINE, TABLE_COLLATION, \
    CREATE_OPTIONS, TABLE_COMMENT) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE();";

const COLUMNS: &str = "SELECT CONCAT_WS(' ', 'column', TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, \
    IS_NULLABLE, CONCAT('default ', COLUMN_DEFAULT), EXTRA, COLLATION_NAME, \
    CONCAT('as ', GENERATION_EXPRESSION), CONCAT('comment ', COLUMN_COMMENT)) \
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE();";

const INDEXES: &str = "SELECT CONCAT_WS(' ', 'index', TABLE_NAME, INDEX_NAME, INDEX_TYPE, \
    NON_UNIQUE, INDEX_COMMENT, GROUP_CONCAT(CONCAT_WS(' ', COLUMN_NAME, SUB_PART, COLLATION) \
    ORDER BY SEQ_IN_INDEX)) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() \
    GROUP BY TABLE_NAME, INDEX_NAME, INDEX_TYPE, NON_UNIQUE, INDEX_COMMENT;";

const KEYS: &str = "SELECT CONCAT_WS(' ', 'key', r.TABLE_NAME, r.CONSTRAINT_NAME, \
    r.REFERENCED_TABLE_NAME, r.DELETE_RULE, r.UPDATE_RULE, \
    GROUP_CONCAT(CONCAT(k.COLUMN_NAME, '>', k.REFERENCED_COLUMN_NAME) ORDER BY k.ORDINAL_POSITION)) \
    FROM information_schema.REFERENTIAL_CONSTRAINTS r JOIN information_schema.KEY_COLUMN_USAGE k \
    ON k.CONSTRAINT_SCHEMA = r.CONSTRAINT_SCHEMA AND k.CONSTRAINT_NAME = r.CONSTRAINT_NAME \
    AND k.TABLE_NAME = r.TABLE_NAME WHERE r.CONSTRAINT_SCHEMA = DATABASE() \
    GROUP BY r.TABLE_NAME, r.CONSTRAINT_NAME, r.REFERENCED_TABLE_NAME, r.DELETE_RULE, r.UPDATE_RULE;";

const CHECKS: &str = "SELECT CONCAT_WS(' ', 'check', CONSTRAINT_NAME, CHECK_CLAUSE) \
    FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE();";

pub(crate) fn target() -> Target {
    Target::of(Dialect::Mysql, Flavour::Mariadb)
}

pub(crate) fn refusals(before: &Schema, after: &Schema, live: &Live) -> Vec<Refusal> {
    let changes = diff(before, after).expect("hints that fit");
    plan(&changes, &target(), live).err().unwrap_or_default()
}

pub(crate) fn planned(before: &Schema, after: &Schema, live: &Live) -> Plan {
    planned_for(before, after, live, target())
}

pub(crate) fn planned_for(before: &Schema, after: &Schema, live: &Live, target: Target) -> Plan {
    let changes = diff(before, after).expect("hints that fit");
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
    /// A database that holds `before` and some rows; none where there is no server.
    pub(crate) fn new(before: Schema, after: Schema, seed: &str) -> Option<Story> {
        let db = Db::of(&before)?;
        db.run(seed);
        let live = Live::of(Dialect::Mysql, before.clone());
        Some(Story { before, after, live, db })
    }

    /// Runs up, and compares the structure with a database made of `after` at once.
    pub(crate) fn up(&self) -> Plan {
        let plan = planned(&self.before, &self.after, &self.live);
        self.db.up(&plan);
        same(&self.db, &self.after, &plan.up_sql());
        plan
    }

    /// Up, down, and up again, with a look at the structure each time.
    pub(crate) fn round(&self) -> Plan {
        let plan = self.up();
        self.db.down(&plan);
        same(&self.db, &self.before, &plan.down_sql());
        self.db.up(&plan);
        same(&self.db, &self.after, &plan.up_sql());
        plan
    }
}

/// The database holds what the schema says.
pub(crate) fn same(db: &Db, schema: &Schema, script: &str) {
    let scratch = Db::of(schema).expect("the server that was there");
    let (is, shall) = (db.structure(), scratch.structure());
    let gone: Vec<_> = shall.iter().filter(|line| !is.contains(line)).collect();
    let came: Vec<_> = is.iter().filter(|line| !shall.contains(line)).collect();
    assert!(is == shall, "missing {gone:#?}\ntoo much {came:#?}\n{script}");
}

/// How many statements of a script alter tables.
pub(crate) fn alters(sql: &str) -> usize {
    sql.matches("ALTER TABLE").count()
}
