//! Columns that are filled in revisions of their own, on every engine.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::backend::Backend;
use diesel_autogen_database::Database;
use diesel_autogen_schema::Dialect;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use super::shop::{Run, Shop, on_each};

const BEFORE: &str = "#[derive(Model)]
pub struct Order {
    pub id: i64,
    pub total: i64,
    #[column(max_length = 20)]
    pub note: Option<String>,
}
";

/// What the change is made into: the columns, what they hold, what is said of them.
const AFTER: &str = "#[derive(Model)]
#[model(check(name = \"orders_is_twice\", \"twice IS NOT NULL AND twice >= total\"))]
#[model(index(name = \"orders_twice_idx\", columns(twice, id), unique))]
pub struct Order {
    pub id: i64,
    pub total: i64,
    #[column(max_length = 20, backfill = \"'none'\")]
    pub note: String,
    #[column(backfill = \"total * 2\")]
    pub twice: i64,
}
";

/// Orders from 1 on, of which every second has a note.
fn order(shop: &Shop, upto: usize) {
    let row =
        |n: usize| format!("({n}, {n}, {})", if n.is_multiple_of(2) { "'own'" } else { "NULL" });
    let rows: Vec<String> = (1..=upto).map(row).collect();
    shop.execute(&format!("INSERT INTO orders (id, total, note) VALUES {}", rows.join(", ")));
}

/// A shop with so many orders, and the revisions that are to come.
fn with_orders(shop: &Shop, upto: usize, batch: &str) -> Vec<String> {
    shop.ok(&["generate", "-m", "orders"]);
    shop.ok(&["upgrade"]);
    order(shop, upto);
    shop.models(AFTER);
    shop.ok(&["generate", "-m", "twice the total", "--batch", batch]);
    shop.revisions().split_off(1)
}

fn one(shop: &Shop, what: &str) -> String {
    shop.rows(&format!("SELECT {what} AS value FROM orders")).remove(0).unwrap_or_default()
}

fn is_said(run: &Run, said: &str) {
    assert!(run.err.contains(said), "{said}: {run:#?}");
}

#[test]
fn a_column_comes_empty_is_filled_and_becomes_required() {
    on_each(BEFORE, |shop| {
        let engine = shop.database().engine();
        let coming = with_orders(&shop, 50, "7");
        assert_eq!(coming.len(), 4, "{coming:?}");
        shop.ok(&["check"]);
        shop.ok(&["verify"]);
        let text = |name: &str, file: &str| shop.read(&format!("migrations/{name}/{file}"));
        for fill in &coming[1..3] {
            assert!(text(fill, "metadata.toml").starts_with("run_in_transaction = false"));
            let script = text(fill, "up.sql");
            assert!(script.contains("-- in batches: orders: fill "), "{script}");
        }
        // What is said of the column is not said before it is filled.
        assert!(!text(&coming[0], "up.sql").contains("orders_is_twice"), "{engine}");

        let run = shop.ok(&["upgrade"]);
        is_said(&run, &format!("{}: rows filled: 25", coming[1]));
        is_said(&run, &format!("{}: rows filled: 50", coming[2]));
        shop.ok(&["check", "--database"]);
        shop.ok(&["current"]);
        let filled = "sum(CASE WHEN twice = total * 2 THEN 1 ELSE 0 END)";
        assert_eq!(one(&shop, filled), "50");
        assert_eq!(one(&shop, "sum(CASE WHEN note = 'none' THEN 1 ELSE 0 END)"), "25");
        for refused in ["(90, 90, 'x', NULL)", "(90, 90, NULL, 180)", "(90, 90, 'x', 8)"] {
            let sql = format!("INSERT INTO orders (id, total, note, twice) VALUES {refused}");
            assert!(shop.database().execute(&sql).is_err(), "{engine}: {refused}");
        }

        shop.ok(&["downgrade", "--allow-loss", "orders.twice", "--", "-4"]);
        assert_eq!(shop.columns("orders"), ["id", "note", "total"]);
        assert_eq!(one(&shop, "count(*)"), "50");
        shop.ok(&["upgrade"]);
        assert_eq!(one(&shop, filled), "50");
        shop.ok(&["check", "--database", "--heads"]);
        let again = shop.ok(&["generate", "-m", "again", "--batch", "7"]);
        assert!(again.out.starts_with("no changes"), "{again:?}");
    });
}

/// Statement by statement, and all at once as Diesel's own runner sends them.
#[test]
fn whoever_runs_the_scripts_fills_every_row() {
    on_each(BEFORE, |shop| {
        with_orders(&shop, 50, "7");
        for name in shop.revisions().iter().skip(1) {
            shop.execute(&shop.read(&format!("migrations/{name}/up.sql")));
        }
        assert_eq!(one(&shop, "sum(CASE WHEN twice = total * 2 THEN 1 ELSE 0 END)"), "50");
        assert_eq!(one(&shop, "sum(CASE WHEN note = 'none' THEN 1 ELSE 0 END)"), "25");
    });
}

/// As text, for the shell of the server.
#[cfg(feature = "mysql")]
#[test]
fn the_shell_of_mariadb_reads_the_script_as_text() {
    use diesel_autogen_database::testing;

    let Some(server) = testing::mysql() else { return };
    let shop = Shop::mariadb(BEFORE).at(server.url());
    let coming = with_orders(&shop, 50, "7");
    let text = shop.ok(&["upgrade", &format!("orders:{}", coming[3]), "--sql"]).out;
    let mut parts = text.split("DELIMITER ");
    let mut sql = parts.next().unwrap().to_owned();
    let mut programs = 0;
    for part in parts {
        let (sign, rest) = part.split_once('\n').unwrap();
        programs += usize::from(sign != ";");
        sql.push_str(&rest.replace(&format!("\n{sign}\n"), ";\n"));
    }
    assert_eq!(programs, 2, "{text}");
    // What stands between two signs is one statement, and nothing else has a `;` in it.
    assert!(!text.split("DELIMITER //").next().unwrap().contains("CREATE PROCEDURE"));
    shop.execute(&sql);
    assert_eq!(one(&shop, "sum(CASE WHEN twice = total * 2 THEN 1 ELSE 0 END)"), "50");
    shop.ok(&["check", "--database", "--heads"]);
}

/// Rows of one number cannot be written in a column.
fn stop(shop: &Shop, id: usize) {
    let mut database = shop.database();
    let sql = match database.engine() {
        Dialect::Sqlite => format!(
            "CREATE TRIGGER stop BEFORE UPDATE ON orders WHEN NEW.id = {id} AND NEW.twice > 0 \
             BEGIN SELECT RAISE(ABORT, 'not this one'); END"
        ),
        Dialect::Postgres => format!(
            "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF NEW.id = {id} AND NEW.twice > 0 THEN RAISE 'not this one'; END IF; \
             RETURN NEW; END $$; \
             CREATE TRIGGER stop BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION stop()"
        ),
        Dialect::Mysql => format!(
            "CREATE TRIGGER stop BEFORE UPDATE ON orders FOR EACH ROW BEGIN \
             IF NEW.id = {id} AND NEW.twice > 0 THEN \
             SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not this one'; END IF; END"
        ),
    };
    database.execute(&sql).unwrap();
}

/// Lets them be written again.
fn go_on(shop: &Shop) {
    let on = match shop.database().engine() {
        Dialect::Postgres => " ON orders",
        Dialect::Sqlite | Dialect::Mysql => "",
    };
    shop.execute(&format!("DROP TRIGGER stop{on}"));
}

#[test]
fn a_fill_that_fails_keeps_what_it_did_and_goes_on() {
    on_each(BEFORE, |shop| {
        let coming = with_orders(&shop, 50, "7");
        shop.ok(&["upgrade", &coming[1]]);
        stop(&shop, 25);
        let run = shop.run(&["upgrade"]);
        assert_eq!(run.code, 1, "{run:?}");
        is_said(&run, &format!("`{}/up.sql` fails: not this one", coming[2]));
        is_said(&run, "rows that are filled stay so, and diesel-autogen upgrade goes on");
        assert_eq!(one(&shop, "count(twice)"), "21");
        go_on(&shop);
        is_said(&shop.ok(&["upgrade"]), "rows filled: 29");
        assert_eq!(one(&shop, "sum(CASE WHEN twice = total * 2 THEN 1 ELSE 0 END)"), "50");
        shop.ok(&["check", "--database", "--heads"]);
    });
}

/// Diesel's own runner knows no batches, and neither does an application that migrates itself: on
/// MariaDB that goes on at the statement at which it was stopped.
#[test]
fn other_runners_do_as_well() {
    on_each(BEFORE, |shop| {
        let coming = with_orders(&shop, 50, "7");
        let directories: Vec<PathBuf> =
            shop.revisions().iter().map(|it| shop.path().join("migrations").join(it)).collect();
        let upto = |at: usize| shop.database().upgrade(&directories[..at], &mut |_| {});
        upto(3).unwrap();
        stop(&shop, 25);
        assert!(upto(5).unwrap_err().to_string().contains("not this one"));
        let done = match shop.database().engine() {
            Dialect::Sqlite => "0",
            Dialect::Postgres | Dialect::Mysql => "21",
        };
        assert_eq!(one(&shop, "count(twice)"), done);
        go_on(&shop);
        shop.ok(&["upgrade", &coming[2]]);
        assert_eq!(one(&shop, "sum(CASE WHEN twice = total * 2 THEN 1 ELSE 0 END)"), "50");
        shop.execute("UPDATE orders SET twice = NULL");
        shop.ok(&["downgrade", "--", "-1"]);
        upto(5).unwrap();
        assert_eq!(one(&shop, "sum(CASE WHEN twice = total * 2 THEN 1 ELSE 0 END)"), "50");
        shop.ok(&["check", "--database", "--heads"]);
        by_diesel(&shop);
    });
}

/// Up, down and up again by Diesel's own runner.
fn by_diesel(shop: &Shop) {
    let path = shop.path().join("migrations");
    let source = FileBasedMigrations::from_path(path).unwrap();
    let mut database = shop.database();
    let mut walk = |up: bool| match database.engine() {
        Dialect::Sqlite => walked(database.sqlite().unwrap(), &source, up),
        #[cfg(feature = "postgres")]
        Dialect::Postgres => walked(database.postgres().unwrap(), &source, up),
        #[cfg(feature = "mysql")]
        Dialect::Mysql => walked(database.mysql().unwrap(), &source, up),
        #[allow(unreachable_patterns, reason = "an engine that is not built is opened by nobody")]
        Dialect::Postgres | Dialect::Mysql => {}
    };
    for up in [false, false, false, false, true] {
        walk(up);
    }
    assert_eq!(one(shop, "sum(CASE WHEN twice = total * 2 THEN 1 ELSE 0 END)"), "50");
    assert_eq!(one(shop, "count(note)"), "50");
    shop.ok(&["check", "--database", "--heads"]);
}

fn walked<DB: Backend, C: MigrationHarness<DB>>(
    conn: &mut C,
    source: &FileBasedMigrations,
    up: bool,
) {
    match up {
        true => drop(conn.run_pending_migrations(source.clone()).unwrap()),
        false => drop(conn.revert_last_migration(source.clone()).unwrap()),
    }
}

/// The history of a column that was filled is made one, and a script that fills reads like any other.
#[test]
fn what_was_filled_is_made_one_and_looked_at() {
    on_each(BEFORE, |shop| {
        let coming = with_orders(&shop, 50, "7");
        let findings = shop.run(&["lint", "--format", "json"]).out;
        for fill in &coming[1..3] {
            assert!(!findings.contains(fill.as_str()), "{findings}");
        }
        shop.ok(&["upgrade"]);
        shop.ok(&["squash", "base:head", "-m", "the shop of 2026"]);
        assert_eq!(shop.revisions().len(), 1);
        shop.ok(&["verify"]);
        assert!(shop.ok(&["upgrade"]).out.starts_with("nothing to apply"));
        shop.ok(&["check", "--database", "--heads"]);
        assert_eq!(one(&shop, "sum(CASE WHEN twice = total * 2 THEN 1 ELSE 0 END)"), "50");
    });
}

/// Nobody knows where the process is when it is killed: what it did by then stays, and the next goes
/// on behind it.
#[test]
fn a_fill_that_is_killed_goes_on() {
    on_each(BEFORE, |shop| {
        let coming = with_orders(&shop, 1500, "2");
        shop.ok(&["upgrade", &coming[1]]);
        let mut child = Command::new(env!("CARGO_BIN_EXE_diesel-autogen"))
            .arg("upgrade")
            .current_dir(shop.path())
            .env("DATABASE_URL", shop.url())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let filled = || one(&shop, "count(twice)").parse::<usize>().unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        while filled() < 20 && Instant::now() < deadline {
            sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let done = filled();
        assert!((20..1500).contains(&done), "{done}");
        // The server may finish the batch that it was asked for.
        let run = shop.ok(&["upgrade"]);
        let left = |more: usize| run.err.contains(&format!("rows filled: {}", 1500 - done - more));
        assert!((0..=4).any(left), "{done}: {run:?}");
        assert_eq!(one(&shop, "sum(CASE WHEN twice = total * 2 THEN 1 ELSE 0 END)"), "1500");
        shop.ok(&["check", "--database", "--heads"]);
    });
}

/// Rows for which there is no value stay as they are and hold nobody up; rows that come meanwhile are
/// filled, too.
#[test]
fn rows_without_a_value_are_passed_over() {
    on_each(BEFORE, |shop| {
        shop.ok(&["generate", "-m", "orders"]);
        shop.ok(&["upgrade"]);
        order(&shop, 50);
        let maybe = "    #[column(backfill = \"CASE WHEN total > 30 THEN total END\")]\n    \
                     pub much: Option<i64>,\n}";
        shop.models(&BEFORE.replace('}', maybe));
        shop.ok(&["generate", "-m", "much", "--batch", "7"]);
        let coming = shop.revisions().split_off(1);
        assert_eq!(coming.len(), 2, "{coming:?}");
        shop.ok(&["upgrade"]);
        assert_eq!(one(&shop, "count(much)"), "20");
        assert_eq!(one(&shop, "sum(much)"), (31..=50).sum::<usize>().to_string());
        shop.ok(&["check", "--database", "--heads"]);
    });
}

/// While one process fills a file, others write to it.
#[test]
fn others_write_to_a_file_that_is_filled() {
    let shop = Shop::new(BEFORE).at("shop.db");
    let coming = with_orders(&shop, 3000, "2");
    shop.ok(&["upgrade", &coming[1]]);
    let file = shop.path().join("shop.db");
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut database = Database::open(file.to_str().unwrap()).unwrap();
            let mut longest = Duration::ZERO;
            for id in 10_000..10_040 {
                let begun = Instant::now();
                let sql = format!("INSERT INTO orders VALUES ({id}, 'late', {id}, NULL)");
                let named = sql.replace("orders", "orders (id, note, total, twice)");
                database.execute(&named).unwrap();
                longest = longest.max(begun.elapsed());
                sleep(Duration::from_millis(5));
            }
            longest
        });
        shop.ok(&["upgrade", &coming[2]]);
        let longest = writer.join().unwrap();
        assert!(longest < Duration::from_secs(4), "{longest:?}");
    });
    shop.ok(&["upgrade"]);
    assert_eq!(one(&shop, "sum(CASE WHEN twice = total * 2 THEN 1 ELSE 0 END)"), "3040");
}

/// A table with a key of its own, and rows for it.
struct Keyed {
    /// The model up to its last field.
    model: String,
    /// The table as SQL.
    table: String,
    /// Its columns as SQL, and the values of each row.
    columns: String,
    rows: Vec<String>,
}

impl Keyed {
    /// Fills one column more by upgrade, and once more by the script as it stands.
    fn fills(&self, shop: &Shop) {
        let Keyed { model, table, columns, rows } = self;
        let already = shop.revisions().len();
        shop.models(&format!("{model}}}\n"));
        shop.ok(&["generate", "-m", "before"]);
        shop.ok(&["upgrade"]);
        shop.execute(&format!("INSERT INTO {table} ({columns}) VALUES {}", rows.join(", ")));
        let more = "    #[column(backfill = \"'filled'\", max_length = 9, sql_name = \"new 'one'\")]\n    \
                    pub one: String,\n}\n";
        shop.models(&format!("{model}{more}"));
        shop.ok(&["generate", "-m", "after", "--batch", "3"]);
        let coming = shop.revisions().split_off(already + 1);
        assert_eq!(coming.len(), 3, "{coming:?}");
        is_said(&shop.ok(&["upgrade"]), &format!("rows filled: {}", rows.len()));
        shop.ok(&["check", "--database", "--heads"]);

        let quoted = match shop.database().engine() {
            Dialect::Mysql => "`new 'one'`",
            Dialect::Sqlite | Dialect::Postgres => "\"new 'one'\"",
        };
        let count = format!("SELECT count(*) AS value FROM {table} WHERE {quoted} = 'filled'");
        assert_eq!(shop.rows(&count), [Some(rows.len().to_string())]);
        shop.ok(&["downgrade", "--", "-1"]);
        shop.execute(&format!("UPDATE {table} SET {quoted} = NULL"));
        shop.execute(&shop.read(&format!("migrations/{}/up.sql", coming[1])));
        assert_eq!(shop.rows(&count), [Some(rows.len().to_string())]);
        shop.ok(&["upgrade"]);
    }
}

/// A key of two columns that need quotes, in which the first is of many rows.
fn of_two(engine: Dialect) -> Keyed {
    let model = "#[derive(Model)]\n#[model(sql_name = \"line items\")]\n\
                 #[diesel(table_name = lines, primary_key(shop, item))]\npub struct Line {\n    \
                 #[column(max_length = 9)]\n    pub shop: String,\n    \
                 #[column(sql_name = \"no \\\"1\\\"\")]\n    pub item: i64,\n";
    let (table, columns) = match engine {
        Dialect::Mysql => ("`line items`", "`no \"1\"`, shop"),
        Dialect::Sqlite | Dialect::Postgres => ("\"line items\"", "\"no \"\"1\"\"\", shop"),
    };
    Keyed {
        model: model.to_owned(),
        table: table.to_owned(),
        columns: columns.to_owned(),
        rows: (0..40).map(|n| format!("({}, 'It''s {}')", 40 - n, n % 3)).collect(),
    }
}

/// A key of one text, in a table that the engine keeps by it where it can.
fn of_text(engine: Dialect) -> Keyed {
    let kept = match engine {
        Dialect::Sqlite => "#[model(without_rowid)]\n",
        Dialect::Postgres | Dialect::Mysql => "",
    };
    let model = format!(
        "#[derive(Model)]\n{kept}#[diesel(primary_key(code))]\npub struct Thing {{\n    \
         #[column(max_length = 9)]\n    pub code: String,\n"
    );
    let rows = (0..20).map(|n| format!("('{}{n}')", ["a", "B", "'' ", "é"][n % 4])).collect();
    Keyed { model, table: "things".to_owned(), columns: "code".to_owned(), rows }
}

#[test]
fn rows_are_gone_through_by_whatever_key_they_have() {
    on_each(BEFORE, |shop| {
        shop.models("");
        let engine = shop.database().engine();
        of_two(engine).fills(&shop);
    });
    on_each(BEFORE, |shop| {
        let engine = shop.database().engine();
        of_text(engine).fills(&shop);
    });
}

/// Labels are in the order in which they are listed and compared by their letters, and a clock shows
/// an hour twice when summer ends.
#[cfg(feature = "mysql")]
#[test]
fn rows_are_gone_through_by_labels_and_moments() {
    use diesel_autogen_database::testing;

    let Some(server) = testing::mysql() else { return };
    let shop = Shop::mariadb("").at(server.url());
    let model = "use diesel_autogen::DbEnum;\n#[derive(DbEnum)]\npub enum State { Open, Closed, Done }\n\
                 #[derive(Model)]\n#[diesel(primary_key(state, at))]\npub struct Event {\n    \
                 pub state: State,\n    pub at: chrono::NaiveDateTime,\n";
    let row = |n: usize| {
        let state = ["open", "closed", "done"][n % 3];
        format!("('{state}', FROM_UNIXTIME(1761436800 + {}))", n / 3 * 600)
    };
    let rows: Vec<String> = (0..60).map(row).collect();
    let keyed = Keyed {
        model: model.to_owned(),
        table: "events".to_owned(),
        columns: "state, at".to_owned(),
        rows,
    };
    keyed.fills(&shop);
}

/// By what rows are gone through is not the same before and after.
#[test]
fn what_is_filled_with_all_else_is_told() {
    let own = BEFORE.replace("    pub id", "    #[column(identity = none)]\n    pub id");
    on_each(&own, |shop| {
        shop.ok(&["generate", "-m", "orders"]);
        shop.ok(&["upgrade"]);
        order(&shop, 10);
        let key = "#[diesel(table_name = orders, primary_key(id, total))]\npub struct";
        shop.models(&AFTER.replace("pub struct", key));
        let run = shop.ok(&["generate", "-m", "orders by total", "--batch", "3"]);
        for column in ["note", "twice"] {
            let why = "is filled in one go, with all else: the primary key of orders changes";
            is_said(&run, &format!("note: orders.{column} {why}\n"));
        }
        assert_eq!(shop.revisions().len(), 2, "{run:?}");
        shop.ok(&["upgrade"]);
        assert_eq!(one(&shop, "sum(CASE WHEN twice = total * 2 THEN 1 ELSE 0 END)"), "10");
        assert_eq!(one(&shop, "sum(CASE WHEN note = 'none' THEN 1 ELSE 0 END)"), "5");
    });
    on_each(&own, |shop| {
        shop.ok(&["generate", "-m", "orders"]);
        let filled = "    #[column(backfill = \"total * 2\")]\n    pub twice: i64,\n    \
                      #[column(generated = \"twice * 2\", stored)]\n    pub more: Option<i64>,\n}";
        // SQLite adds no column that it stores, and copies the table.
        shop.models(&own.replace('}', filled));
        let run = shop.ok(&["generate", "-m", "twice and more", "--batch", "3"]);
        let why = "is filled in one go, with all else: more is computed from it";
        is_said(&run, &format!("note: orders.twice {why}\n"));
        assert_eq!(shop.revisions().len(), 2, "{run:?}");
    });
    // Nothing is said of what is filled by itself, or where nobody asked.
    on_each(BEFORE, |shop| {
        shop.ok(&["generate", "-m", "orders"]);
        shop.models(AFTER);
        for more in [&["--batch", "3"][..], &[]] {
            let flags = [&["generate", "-m", "twice the total", "--dry-run"], more].concat();
            let run = shop.ok(&flags);
            assert!(!run.err.contains("in one go"), "{run:?}");
        }
    });
}

#[test]
fn what_is_of_one_engine_is_refused_on_the_others() {
    let shop = Shop::new(super::shop::USER);
    let run = shop.run(&["generate", "-m", "add users", "--online"]);
    assert_eq!(run.code, 2, "{run:?}");
    is_said(&run, "--online is of PostgreSQL and means nothing to SQLite: say --batch ROWS");
}
