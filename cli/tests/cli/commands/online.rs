//! Changes that are made in phases, on PostgreSQL.

use std::collections::BTreeMap;

use diesel_autogen_database::{Database, Value, testing};

use super::shop::Shop;
use super::team::next_second;

const BEFORE: &str = "#[derive(Model)]
pub struct User {
    pub id: i64,
    pub email: String,
    pub name: Option<String>,
}
#[derive(Model)]
pub struct Order {
    pub id: i64,
    pub user_id: i64,
    pub total: i64,
    pub note: String,
}
";

const AFTER: &str = "#[derive(Model)]
#[model(index(name = \"users_name_idx\", columns(name)))]
pub struct User {
    pub id: i64,
    #[column(unique)]
    pub email: String,
    #[column(backfill = \"'nobody'\")]
    pub name: String,
    #[column(backfill = \"lower(email)\")]
    pub slug: String,
}
#[derive(Model)]
#[model(check(name = \"orders_total_check\", \"total >= 0\"))]
pub struct Order {
    pub id: i64,
    #[column(references = users::id)]
    pub user_id: i64,
    pub total: i64,
}
";

const GENERATE: [&str; 6] =
    ["generate", "-m", "orders of real users", "--online", "--allow-loss", "orders.note"];

/// A shop with rows, and what the change of its models was made into.
fn phased(server: &testing::OwnDatabase, more: &[&str]) -> Shop {
    let shop = Shop::postgres(BEFORE).at(server.url());
    shop.ok(&["generate", "-m", "users and orders", "--unproved"]);
    shop.ok(&["upgrade"]);
    let mut database = server.open();
    for sql in [
        "INSERT INTO users (email, name) SELECT 'U' || n, CASE WHEN n % 2 = 0 THEN 'n' || n END \
         FROM generate_series(1, 500) AS n",
        "INSERT INTO orders (user_id, total, note) SELECT id, id * 10, 'x' FROM users",
    ] {
        database.execute(sql).unwrap();
    }
    shop.models(AFTER);
    shop.ok(&[&GENERATE[..], &["--batch", "100"], more].concat());
    shop
}

fn one(database: &mut Database, sql: &str) -> String {
    let rows = database.rows(sql).unwrap();
    rows[0][0].as_text().map_or_else(|| format!("{:?}", rows[0][0]), str::to_owned)
}

/// The phases of the revisions, in order.
fn phases(shop: &Shop) -> Vec<String> {
    let metadata = |name: &String| shop.read(&format!("migrations/{name}/metadata.toml"));
    let phase = |text: String| {
        let line = text.lines().find_map(|line| line.strip_prefix("phase = ").map(str::to_owned));
        line.map(|it| it.trim_matches('"').to_owned())
    };
    shop.revisions().iter().map(metadata).filter_map(phase).collect()
}

#[test]
fn one_change_is_several_revisions_each_proved() {
    let Some(server) = testing::postgres() else { return };
    let shop = phased(&server, &[]);
    let phases = phases(&shop);
    assert_eq!(phases[..2], ["expand", "expand"], "{:?}", shop.revisions());
    assert_eq!(phases[2..4], ["migrate", "migrate"], "{phases:?}");
    assert!(phases[4..].iter().all(|it| it == "contract"), "{phases:?}");
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    let again = shop.ok(&[&GENERATE[..], &["--dry-run"]].concat());
    assert!(again.out.starts_with("no changes"), "{again:?}");
}

/// A revision that alters several tables gives up before the server would end a program; one that does
/// not is told of.
#[test]
fn no_lint_minds_that_several_tables_are_locked_for_a_moment() {
    let shop = Shop::postgres(BEFORE);
    shop.ok(&["generate", "-m", "users and orders", "--unproved"]);
    let third = "#[derive(Model)]\npub struct Parcel {\n    pub id: i64,\n}\n";
    shop.models(&format!("{BEFORE}{third}"));
    shop.ok(&["generate", "-m", "parcels", "--unproved"]);
    let sized = third.replace("}\n", "    pub size: Option<i64>,\n}\n");
    shop.models(&format!("{AFTER}{sized}"));
    shop.ok(&[&GENERATE[..], &["--unproved"]].concat());
    let first = &shop.revisions()[2];
    let path = format!("migrations/{first}/up.sql");
    let script = shop.read(&path);
    assert!(script.contains("SET LOCAL lock_timeout = '450ms';"), "{script}");
    let said = |shop: &Shop| shop.ok(&["lint", "--all"]).out.contains("[several-tables-locked]");
    assert!(!said(&shop), "{}", shop.ok(&["lint", "--all"]).out);
    shop.write(&path, &script.replace("450ms", "500ms"));
    assert!(said(&shop));
}

#[test]
fn the_program_from_before_goes_on_until_the_rest_is_applied() {
    let Some(server) = testing::postgres() else { return };
    let shop = phased(&server, &["--unproved"]);
    let run = shop.ok(&["upgrade", "--phase", "expand"]);
    assert!(run.err.contains("wait for diesel-autogen upgrade"), "{run:?}");
    let mut database = server.open();
    // It knows no slug, and may leave out the name.
    database.execute("INSERT INTO users (email) VALUES ('Late')").unwrap();
    database.execute("INSERT INTO orders (user_id, total, note) VALUES (1, 5, 'y')").unwrap();
    // The one after it knows no note.
    let sql = "INSERT INTO users (email, name, slug) VALUES ('New', 'n', 'own')";
    database.execute(sql).unwrap();
    database.execute("INSERT INTO orders (user_id, total) VALUES (2, 6)").unwrap();

    let run = shop.ok(&["upgrade"]);
    assert!(run.err.contains("rows filled: 501"), "{run:?}");
    assert!(run.err.contains("rows filled: 251"), "{run:?}");
    shop.ok(&["current"]);
    shop.ok(&["check", "--database"]);
    let count = |database: &mut Database, filter: &str| {
        one(database, &format!("SELECT count(*)::text FROM users WHERE {filter}"))
    };
    assert_eq!(count(&mut database, "slug = lower(email)"), "501");
    assert_eq!(count(&mut database, "slug = 'own'"), "1");
    assert_eq!(count(&mut database, "name = 'nobody'"), "251");
    assert_eq!(one(&mut database, "SELECT count(*)::text FROM orders"), "502");
    for refused in [
        "INSERT INTO users (email, name, slug) VALUES ('New', 'n', 'x')",
        "INSERT INTO users (email, slug) VALUES ('x', 'x')",
        "INSERT INTO orders (user_id, total) VALUES (-1, 6)",
        "INSERT INTO orders (user_id, total) VALUES (1, -6)",
    ] {
        assert!(database.execute(refused).is_err(), "{refused}");
    }
    let invalid = "SELECT count(*)::text FROM pg_constraint WHERE NOT convalidated";
    assert_eq!(one(&mut database, invalid), "0");

    let steps = format!("-{}", phases(&shop).len());
    shop.ok(&["downgrade", "--allow-loss", "users.slug", "--", &steps]);
    assert_eq!(one(&mut database, "SELECT count(*)::text FROM users"), "502");
    shop.ok(&["upgrade"]);
    assert_eq!(count(&mut database, "slug IS NOT NULL"), "502");
}

/// A second connection looks at the locks while the transaction that took them is open.
#[test]
fn no_phase_holds_others_up_while_it_reads_or_writes_rows() {
    let Some(server) = testing::postgres() else { return };
    let shop = phased(&server, &["--unproved"]);
    let (mut database, mut watcher) = (server.open(), server.open());
    let backend = one(&mut database, "SELECT pg_backend_pid()::text");
    let (mut strong, mut looked) = (0, 0);
    for name in shop.revisions().iter().skip(1) {
        let script = shop.read(&format!("migrations/{name}/up.sql"));
        let metadata = shop.read(&format!("migrations/{name}/metadata.toml"));
        let before = files(&mut watcher);
        if metadata.starts_with("run_in_transaction = false") {
            database.execute(&script).unwrap();
            let after = files(&mut watcher);
            assert!(before.iter().all(|(table, file)| after[table] == *file), "{name}");
            continue;
        }
        database.execute("BEGIN").unwrap();
        // What earlier transactions read is counted until the server takes note of it.
        let read = "SELECT relname::text, seq_tup_read::text FROM pg_stat_xact_user_tables";
        let earlier = pairs(&mut database, read);
        database.execute(&script).unwrap();
        let scanned = pairs(&mut database, read);
        let held = pairs(
            &mut watcher,
            &format!(
                "SELECT c.relname::text, string_agg(l.mode, ' ') FROM pg_locks l \
                 JOIN pg_class c ON c.oid = l.relation WHERE l.pid = {backend} AND l.granted \
                 AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace GROUP BY 1"
            ),
        );
        for (table, modes) in &held {
            let stops = ["AccessExclusiveLock", "ShareRowExclusiveLock", " ShareLock"];
            let is_strong = stops.iter().any(|mode| format!(" {modes}").contains(mode));
            let is_read =
                scanned.get(table).is_some_and(|it| it != "0" && earlier.get(table) != Some(it));
            assert!(!is_strong || !is_read, "{name}: {table}: {modes}, {scanned:?}");
            strong += usize::from(is_strong);
        }
        looked += usize::from(scanned != earlier);
        database.execute("COMMIT").unwrap();
        let after = files(&mut watcher);
        assert!(before.iter().all(|(table, file)| after[table] == *file), "{name}");
    }
    // Both were seen, though never together.
    assert!(strong > 3 && looked > 0, "{strong} {looked}");
}

fn pairs(database: &mut Database, sql: &str) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_text().unwrap_or_default().to_owned();
    let rows = database.rows(sql).unwrap();
    rows.iter().map(|row| (text(&row[0]), text(&row[1]))).collect()
}

/// The files of tables: one that is written anew has another.
fn files(database: &mut Database) -> BTreeMap<String, String> {
    pairs(
        database,
        "SELECT relname::text, relfilenode::text FROM pg_class \
         WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
    )
}

#[test]
fn what_a_failed_build_left_goes_before_the_next() {
    let Some(server) = testing::postgres() else { return };
    let shop = phased(&server, &["--unproved"]);
    let mut database = server.open();
    database.execute("INSERT INTO users (email) VALUES ('U1')").unwrap();
    let run = shop.run(&["upgrade"]);
    assert_eq!(run.code, 1, "{run:?}");
    let invalid = "SELECT count(*)::text FROM pg_index WHERE NOT indisvalid";
    assert_eq!(one(&mut database, invalid), "1");
    database.execute("DELETE FROM users WHERE id = 501").unwrap();
    shop.ok(&["upgrade"]);
    assert_eq!(one(&mut database, invalid), "0");
    shop.ok(&["current"]);
}

#[test]
fn a_revision_that_gave_way_is_tried_again() {
    let Some(server) = testing::postgres() else { return };
    let shop = phased(&server, &["--unproved"]);
    let mut other = server.open();
    other.execute("BEGIN; UPDATE users SET email = 'first' WHERE id = 1").unwrap();
    let reader = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_secs(3));
        other.execute("COMMIT").unwrap();
    });
    shop.ok(&["upgrade"]);
    reader.join().unwrap();
    let mut database = server.open();
    assert_eq!(one(&mut database, "SELECT slug FROM users WHERE id = 1"), "first");
}

/// A fill that is stopped keeps what it did, and goes on with the rest.
#[test]
fn rows_are_filled_in_batches_that_stay_filled() {
    let Some(server) = testing::postgres() else { return };
    let shop = phased(&server, &["--unproved"]);
    let mut database = server.open();
    let broken = "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                  IF NEW.id = 250 AND NEW.slug IS NOT NULL THEN RAISE 'not this one'; END IF; \
                  RETURN NEW; END $$; \
                  CREATE TRIGGER stop BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION stop()";
    database.execute(broken).unwrap();
    let run = shop.run(&["upgrade"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("rows that are filled stay so"), "{run:?}");
    let filled = "SELECT count(slug)::text FROM users";
    assert_eq!(one(&mut database, filled), "200");
    database.execute("DROP TRIGGER stop ON users").unwrap();
    let run = shop.ok(&["upgrade"]);
    assert!(run.err.contains("rows filled: 300"), "{run:?}");
    assert_eq!(one(&mut database, filled), "500");
}

/// The filling alone is taken out of the migration; Diesel's own runner does as well.
#[test]
fn filling_alone_can_be_taken_apart() {
    let Some(server) = testing::postgres() else { return };
    let shop = Shop::postgres(BEFORE).at(server.url());
    shop.ok(&["generate", "-m", "users and orders"]);
    shop.models(&BEFORE.replace(
        "pub note",
        "#[column(backfill = \"total * 2\")]\n    pub twice: i64,\n    pub note",
    ));
    shop.ok(&["generate", "-m", "twice the total", "--batch", "7"]);
    assert_eq!(shop.revisions().len(), 4, "{:?}", shop.revisions());
    assert_eq!(phases(&shop), [""; 0]);
    shop.ok(&["verify"]);
    let mut database = server.open();
    for (at, name) in shop.revisions().iter().enumerate() {
        database.execute(&shop.read(&format!("migrations/{name}/up.sql"))).unwrap();
        if at == 0 {
            let users = "INSERT INTO users (email) VALUES ('a')";
            let orders = "INSERT INTO orders (user_id, total, note) \
                          SELECT 1, n, '' FROM generate_series(1, 50) AS n";
            database.execute(users).unwrap();
            database.execute(orders).unwrap();
        }
    }
    let filled = "SELECT count(*)::text FROM orders WHERE twice = total * 2";
    assert_eq!(one(&mut database, filled), "50");
}

/// The change in phases on one branch, a table on another.
fn beside_another(server: &testing::OwnDatabase) -> (Shop, Vec<String>, String) {
    let shop = Shop::postgres(BEFORE).at(server.url());
    shop.ok(&["generate", "-m", "users and orders", "--unproved"]);
    let (first, before) = (shop.revisions(), shop.read("migrations/schema.toml"));
    let path = |dir: &str| shop.path().join("migrations").join(dir);
    next_second();
    let room = "#[derive(Model)]\npub struct Room {\n    pub id: i64,\n}\n";
    shop.models(&format!("{BEFORE}{room}"));
    shop.ok(&["generate", "-m", "add rooms", "--unproved"]);
    let other = shop.revisions().last().unwrap().clone();
    std::fs::rename(path(&other), shop.path().join(&other)).unwrap();
    shop.write("migrations/schema.toml", &before);
    next_second();
    shop.models(AFTER);
    shop.ok(&[&GENERATE[..], &["--batch", "100", "--unproved"]].concat());
    let chain = shop.revisions().into_iter().filter(|it| !first.contains(it)).collect();
    std::fs::rename(shop.path().join(&other), path(&other)).unwrap();
    shop.models(&format!("{AFTER}{room}"));
    (shop, chain, other)
}

/// That the database is what the models are, with its rows, and goes back and on.
fn leads_there(shop: &Shop, server: &testing::OwnDatabase, steps: usize) {
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    shop.ok(&["upgrade", "users_and_orders"]);
    let mut database = server.open();
    database
        .execute(
            "INSERT INTO users (email, name) VALUES ('A', 'a'), ('B', NULL); \
             INSERT INTO orders (user_id, total, note) SELECT id, 1, 'x' FROM users",
        )
        .unwrap();
    shop.ok(&["upgrade"]);
    shop.ok(&["check", "--database", "--heads"]);
    let users = "SELECT string_agg(name || ' ' || slug, ', ' ORDER BY id) FROM users";
    assert_eq!(one(&mut database, users), "a a, nobody b");
    shop.ok(&["downgrade", "--allow-loss", "users.slug", "--", &format!("-{steps}")]);
    shop.ok(&["upgrade"]);
    assert_eq!(one(&mut database, "SELECT count(*)::text FROM orders"), "2");
}

#[test]
fn a_change_in_phases_goes_on_top_of_another_branch() {
    let Some(server) = testing::postgres() else { return };
    let (shop, chain, other) = beside_another(&server);
    let before = phases(&shop);
    let run = shop.ok(&["rebase", chain.last().unwrap(), "--onto", &other]);
    assert!(run.out.contains("they follow"), "{run:?}");
    assert_eq!(shop.revisions()[1], other);
    assert_eq!(phases(&shop), before);
    leads_there(&shop, &server, chain.len());
}

#[test]
fn a_change_in_phases_is_joined_with_another_branch() {
    let Some(server) = testing::postgres() else { return };
    let (shop, chain, _) = beside_another(&server);
    shop.ok(&["merge", "heads", "-m", "orders and rooms"]);
    leads_there(&shop, &server, chain.len() + 2);
}

#[test]
fn a_change_in_phases_is_made_one_once_it_is_everywhere() {
    let Some(server) = testing::postgres() else { return };
    let shop = phased(&server, &["--unproved"]);
    shop.ok(&["upgrade"]);
    let mut database = server.open();
    let expected = database.dump().unwrap().to_string();
    let run = shop.ok(&["squash", "base:head", "-m", "the shop of 2026"]);
    assert_eq!(shop.revisions().len(), 1, "{run:?}");
    assert_eq!(phases(&shop), [""; 0]);
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    assert!(shop.ok(&["upgrade"]).out.starts_with("nothing to apply"));
    shop.ok(&["check", "--database", "--heads"]);
    assert_eq!(database.dump().unwrap().to_string(), expected);
    assert_eq!(one(&mut database, "SELECT count(*)::text FROM users"), "500");
}

/// A rule that only follows a name is no new one, and a new one is looked at under the names that
/// columns have by then.
#[test]
fn rules_follow_names_and_are_looked_at_under_them() {
    let Some(server) = testing::postgres() else { return };
    let model = |column: &str, check: &str, from: &str| {
        format!(
            "#[derive(Model)]\n#[model(check(name = \"{column}_is_right\", \"{check}\"))]\n\
             pub struct Product {{\n    pub id: i64,\n    {from}pub {column}: i64,\n}}\n"
        )
    };
    let shop =
        Shop::postgres(&model("price", "CASE WHEN price > 0 THEN true END", "")).at(server.url());
    shop.ok(&["generate", "-m", "products"]);
    let from = "#[column(renamed_from = \"price\")]\n    ";
    shop.models(&model("cents", "CASE WHEN cents > 0 THEN true END", from));
    shop.ok(&["generate", "-m", "prices are cents", "--online"]);
    let renamed = shop.revisions();
    assert_eq!(renamed.len(), 2, "{renamed:?}");
    let script = shop.read(&format!("migrations/{}/up.sql", renamed[1]));
    assert!(script.contains("RENAME CONSTRAINT") && !script.contains("NOT VALID"), "{script}");
    let from = "#[column(renamed_from = \"cents\")]\n    ";
    shop.models(&model("total", "total > 5", from));
    shop.ok(&["generate", "-m", "totals above five", "--online"]);
    assert!(shop.revisions().len() > 3, "{:?}", shop.revisions());
    shop.ok(&["verify"]);
    shop.ok(&["upgrade", "prices_are_cents"]);
    let mut database = server.open();
    database.execute("INSERT INTO products (cents) VALUES (3), (7)").unwrap();
    let run = shop.run(&["upgrade"]);
    assert!(
        run.code == 1 && run.err.contains("1 row of products breaks total_is_right"),
        "{run:?}"
    );
    database.execute("DELETE FROM products WHERE total = 3").unwrap();
    shop.ok(&["upgrade"]);
    assert_eq!(one(&mut database, "SELECT string_agg(total::text, ' ') FROM products"), "7");
}

#[test]
fn a_name_may_have_several_lines() {
    let Some(server) = testing::postgres() else { return };
    let before = "#[derive(Model)]\n#[model(sql_name = \"logs\\n);\\n--\")]\npub struct Log {\n    \
                  pub id: i64,\n    pub line: Option<String>,\n}\n";
    let shop = Shop::postgres(before).at(server.url());
    shop.ok(&["generate", "-m", "logs", "--unproved"]);
    shop.models(&before.replace("pub line: Option<String>", "pub line: String"));
    next_second();
    shop.ok(&[
        "generate",
        "-m",
        "lines are there",
        "--online",
        "--allow-loss",
        "logs\n);\n--.line",
    ]);
    assert!(shop.revisions().len() > 2, "{:?}", shop.revisions());
    shop.ok(&["upgrade"]);
    shop.ok(&["check", "--database"]);
}
