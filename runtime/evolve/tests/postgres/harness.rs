use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_autogen_evolve::{Dialect, Plan, Refusal, Target, plan};
use diesel_autogen_schema::testing::hinted_back;
use diesel_autogen_schema::{Live, OwnPlace, PUBLIC, Schema, diff};

/// A database of its own. Made ones are emptied and kept for others while anybody uses one, and
/// dropped when nobody does.
pub(crate) struct Db {
    made: Option<Made>,
}

struct Made {
    connection: PgConnection,
    name: String,
}

/// How many are in use, and those that are not.
static POOL: Mutex<(usize, Vec<Made>)> = Mutex::new((0, Vec::new()));

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    text: String,
}

fn url() -> String {
    std::env::var("AUTOGEN_POSTGRES_URL")
        .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned())
}

fn server() -> Option<PgConnection> {
    let found = PgConnection::establish(&url());
    if std::env::var_os("AUTOGEN_REQUIRE_DATABASES").is_some() {
        return Some(found.expect("AUTOGEN_REQUIRE_DATABASES asks for a server"));
    }
    found.ok()
}

fn make() -> Option<Made> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("autogen_evolve_{}_{count}", std::process::id());
    let create = format!("CREATE DATABASE {name} TEMPLATE template0");
    server()?.batch_execute(&create).unwrap_or_else(|error| panic!("{error}\n{create}"));
    let url = url();
    let (head, _) = url.rsplit_once('/').expect("a URL that names a database");
    let mut connection =
        PgConnection::establish(&format!("{head}/{name}")).expect("the database just made");
    let settings = "SET client_min_messages = warning; SET synchronous_commit = off";
    connection.batch_execute(settings).expect("settings");
    Some(Made { connection, name })
}

const EMPTY: &str = "DO $$
    DECLARE it text;
    BEGIN
        FOR it IN SELECT nspname FROM pg_namespace
            WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
        LOOP EXECUTE format('DROP SCHEMA %I CASCADE', it); END LOOP;
    END $$;
    CREATE SCHEMA public;";

impl Db {
    /// An empty database, or none where there is no server.
    pub(crate) fn new() -> Option<Db> {
        let found = {
            let mut pool = POOL.lock().expect("no panic inside");
            pool.0 += 1;
            pool.1.pop()
        };
        let Some(made) = found.or_else(make) else {
            POOL.lock().expect("no panic inside").0 -= 1;
            return None;
        };
        Some(Db { made: Some(made) })
    }

    /// A database that holds the schema.
    pub(crate) fn of(schema: &Schema) -> Option<Db> {
        let mut db = Db::new()?;
        let newest = Target { minimum: (15, 0, 0), ..target() };
        let plan = planned_for(&Schema::EMPTY, schema, &Live::default(), newest);
        db.up(&plan);
        Some(db)
    }

    fn connection(&mut self) -> &mut PgConnection {
        &mut self.made.as_mut().expect("there until dropped").connection
    }

    pub(crate) fn run(&mut self, sql: &str) {
        self.try_run(sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }

    pub(crate) fn try_run(&mut self, sql: &str) -> Result<(), String> {
        if sql.trim().is_empty() {
            return Ok(());
        }
        self.connection().batch_execute(sql).map_err(|error| error.to_string())
    }

    /// The rows of a query as text joined by `|`, one line a row.
    pub(crate) fn rows(&mut self, columns: &[&str], rest: &str) -> Vec<String> {
        let texts: Vec<String> =
            columns.iter().map(|it| format!("coalesce(({it})::text, 'NULL')")).collect();
        self.lines(&format!("SELECT concat_ws('|', {}) AS text FROM {rest}", texts.join(", ")))
    }

    pub(crate) fn lines(&mut self, query: &str) -> Vec<String> {
        let lines: Vec<Line> = diesel::sql_query(query)
            .load(self.connection())
            .unwrap_or_else(|error| panic!("{error}\n{query}"));
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
        if sql.trim().is_empty() {
            return Ok(());
        }
        let connection = self.connection();
        let result = if transaction {
            connection.transaction(|connection| connection.batch_execute(sql))
        } else {
            connection.batch_execute(sql)
        };
        if result.is_err() && !transaction {
            // Whoever runs it closes the connection then.
            let _ = connection.batch_execute("ROLLBACK");
        }
        result.map_err(|error| format!("{error}\n{sql}"))
    }

    /// What introspection gives of names, beside this schema.
    pub(crate) fn live(&mut self, schema: &Schema) -> Live {
        let mut live = Live { schema: schema.clone(), ..Live::default() };
        for line in self.lines(NAMES) {
            let (at, name) = line.split_once('|').expect("two columns");
            let at = Some(at.to_owned().into()).filter(|it| it != PUBLIC);
            live.pg.names.insert(OwnPlace { schema: at, name: name.to_owned().into() });
        }
        let schemas = self.lines(SCHEMAS).into_iter();
        live.pg.schemas =
            schemas.filter_map(|it| Some(it.strip_prefix("schema ")?.to_owned().into())).collect();
        live
    }

    /// Everything in the catalogue that facts speak of, sorted.
    pub(crate) fn structure(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        for query in [COLUMNS, CONSTRAINTS, INDEXES, TYPES, SEQUENCES, SCHEMAS, TABLES] {
            lines.extend(self.lines(query));
        }
        lines.sort();
        lines
    }
}

impl Drop for Db {
    fn drop(&mut self) {
        let Some(mut made) = self.made.take() else { return };
        let sound = !std::thread::panicking() && made.connection.batch_execute(EMPTY).is_ok();
        let mut unused = Vec::new();
        {
            let mut pool = POOL.lock().expect("no panic inside");
            pool.0 -= 1;
            if sound && pool.0 > 0 {
                pool.1.push(made);
            } else {
                unused.push(made);
            }
            if pool.0 == 0 {
                unused.append(&mut pool.1);
            }
        }
        for Made { connection, name } in unused {
            drop(connection);
            if let Some(mut server) = server() {
                // Whoever fails to drop it has failed otherwise before.
                let _ = server.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"));
            }
        }
    }
}

const NAMES: &str = "SELECT n.nspname || '|' || c.relname AS text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    UNION SELECT n.nspname || '|' || t.typname
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'";

const SCHEMAS: &str = "SELECT 'schema ' || nspname AS text FROM pg_namespace
    WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'public')
    UNION SELECT 'extension ' || extname FROM pg_extension WHERE extname <> 'plpgsql'";

const TABLES: &str = "SELECT concat_ws(' ', 'table', c.oid::regclass, c.reloptions,
        obj_description(c.oid, 'pg_class')) AS text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'v') AND n.nspname NOT LIKE 'pg\\_%'
        AND n.nspname <> 'information_schema'";

const COLUMNS: &str = "SELECT concat_ws(' ', 'column', a.attrelid::regclass, a.attname,
        format_type(a.atttypid, a.atttypmod),
        CASE WHEN a.attnotnull THEN 'not null' END,
        'default ' || pg_get_expr(d.adbin, d.adrelid),
        CASE WHEN a.attidentity <> '' THEN 'identity ' || a.attidentity::text END,
        CASE WHEN a.attgenerated <> '' THEN 'generated ' || a.attgenerated::text END,
        (SELECT 'collate ' || collname FROM pg_collation co
            WHERE co.oid = a.attcollation AND collname <> 'default'),
        'comment ' || col_description(a.attrelid, a.attnum)) AS text
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
        AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'";

const CONSTRAINTS: &str = "SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname,
        pg_get_constraintdef(c.oid), 'comment ' || obj_description(c.oid, 'pg_constraint')) AS text
    FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
    WHERE conrelid <> 0 AND contype <> 't'
        AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'";

const INDEXES: &str = "SELECT concat_ws(' ', pg_get_indexdef(i.indexrelid),
        'comment ' || obj_description(i.indexrelid, 'pg_class')) AS text
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'";

const TYPES: &str = "SELECT concat_ws(' ', 'type', t.oid::regtype,
        (SELECT string_agg(quote_literal(enumlabel), ',' ORDER BY enumsortorder)
            FROM pg_enum e WHERE e.enumtypid = t.oid),
        'comment ' || obj_description(t.oid, 'pg_type')) AS text
    FROM pg_type t WHERE t.typtype = 'e'";

const SEQUENCES: &str = "SELECT concat_ws(' ', 'sequence', s.seqrelid::regclass,
        s.seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle,
        (SELECT d.deptype::text || ' ' || d.refobjid::regclass::text || '.' || a.attname
            FROM pg_depend d
            JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            WHERE d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid
                AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i'))) AS text
    FROM pg_sequence s";

pub(crate) fn target() -> Target {
    Target::new(Dialect::Postgres)
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
    pub(crate) target: Target,
}

impl Story {
    /// A database that holds `before`, some rows and what else the SQL makes; none where there is
    /// no server.
    pub(crate) fn new(before: Schema, after: Schema, seed: &str) -> Option<Story> {
        let mut db = Db::of(&before)?;
        db.run(seed);
        let live = db.live(&before);
        Some(Story { before, after, live, db, target: target() })
    }

    /// Runs up, and compares the structure with a database made of `after` at once.
    pub(crate) fn up(&mut self) -> Plan {
        let plan = planned_for(&self.before, &self.after, &self.live, self.target);
        self.db.up(&plan);
        same(&mut self.db, &self.after, &plan.up_sql());
        plan
    }

    /// Runs down, compares, and up again.
    pub(crate) fn down_and_up(&mut self, plan: &Plan) {
        let there = self.db.structure();
        self.db.down(plan);
        same(&mut self.db, &self.before, &plan.down_sql());
        self.db.up(plan);
        assert_eq!(self.db.structure(), there, "{}", plan.up_sql());
    }

    /// All of it, and the plan back made as its own change.
    pub(crate) fn round(&mut self) -> Plan {
        let plan = self.up();
        self.down_and_up(&plan);
        plan
    }

    /// The plan that leads back, made of models that ask for it.
    pub(crate) fn back(&mut self) -> Plan {
        let changes = diff(&self.before, &self.after).expect("hints that fit");
        let wanted = hinted_back(&self.before, &changes);
        let live = self.db.live(&self.after);
        planned_for(&self.after, &wanted, &live, self.target)
    }
}

/// The database holds what the schema says.
pub(crate) fn same(db: &mut Db, schema: &Schema, script: &str) {
    let mut scratch = Db::of(schema).expect("the server that was there");
    let (is, shall) = (db.structure(), scratch.structure());
    let gone: Vec<_> = shall.iter().filter(|line| !is.contains(line)).collect();
    let came: Vec<_> = is.iter().filter(|line| !shall.contains(line)).collect();
    assert!(is == shall, "missing {gone:#?}\ntoo much {came:#?}\n{script}");
}
