//! A type that changes in phases, on PostgreSQL: no row is written anew under a lock.

use diesel_autogen_database::{Database, testing};

use super::shop::Shop;

const BEFORE: &str = "#[derive(Model)]
#[model(check(name = \"readings_amount_check\", \"amount >= 0\"))]
pub struct Reading {
    pub id: i64,
    #[column(index, default = 7)]
    pub amount: i32,
    pub code: Option<i32>,
    pub note: Option<String>,
    pub seen: Option<bool>,
}
";

const GENERATE: [&str; 6] = ["generate", "-m", "wider readings", "--online", "--batch", "100"];

fn after() -> String {
    BEFORE
        .replace("pub amount: i32", "pub amount: i64")
        .replace("pub code: Option<i32>", "pub code: Option<String>")
        .replace("pub seen: Option<bool>", "pub seen: Option<i16>")
}

fn retyped(server: &testing::OwnDatabase, more: &[&str]) -> Shop {
    let shop = Shop::postgres(BEFORE).at(server.url());
    shop.ok(&["generate", "-m", "readings", "--unproved"]);
    shop.ok(&["upgrade"]);
    let rows = "INSERT INTO readings (amount, code, seen) \
                SELECT n * 3, CASE WHEN n % 2 = 0 THEN n END, n % 3 = 0 FROM generate_series(1, 500) AS n";
    server.open().execute(rows).unwrap();
    shop.models(&after());
    shop.ok(&[&GENERATE[..], more].concat());
    shop
}

fn one(database: &mut Database, sql: &str) -> String {
    let rows = database.rows(sql).unwrap();
    rows[0][0].as_text().map_or_else(|| format!("{:?}", rows[0][0]), str::to_owned)
}

#[test]
fn a_type_that_would_rewrite_changes_beside_the_table() {
    let Some(server) = testing::postgres() else { return };
    let shop = retyped(&server, &[]);
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    let again = shop.ok(&[&GENERATE[..], &["--dry-run"]].concat());
    assert!(again.out.starts_with("no changes"), "{again:?}");
    let run = shop.ok(&["lint"]);
    for false_alarm in ["renames-column", "drops-column", "backfill-under-lock"] {
        assert!(!run.out.contains(false_alarm), "{run:?}");
    }
    let all: String = shop
        .revisions()
        .iter()
        .skip(1)
        .map(|name| shop.read(&format!("migrations/{name}/up.sql")))
        .collect();
    assert!(!all.contains(" TYPE "), "{all}");
}

/// Where the table's rows are: another file when they are written anew.
const FILE: &str = "SELECT relfilenode::text FROM pg_class WHERE relname = 'readings'";

/// One revision after the other, with both programs at work in between.
#[test]
fn whoever_writes_meanwhile_is_heard() {
    let Some(server) = testing::postgres() else { return };
    let shop = retyped(&server, &["--unproved"]);
    let mut database = server.open();
    let file = one(&mut database, FILE);
    let revisions = shop.revisions().len() - 1;
    for at in 0..revisions {
        let run = shop.ok(&["upgrade", "+1"]);
        assert_eq!(one(&mut database, FILE), file, "{run:?}");
        database
            .execute(&format!(
                "INSERT INTO readings (amount) VALUES ({at}); \
                 UPDATE readings SET amount = amount + 1, code = '{at}' WHERE id = {at} + 1"
            ))
            .unwrap();
    }
    shop.ok(&["check", "--database", "--heads"]);
    let count = |database: &mut Database, filter: &str| {
        one(database, &format!("SELECT count(*)::text FROM readings WHERE {filter}"))
    };
    let (told, rest) = (revisions, 500 - revisions);
    assert_eq!(count(&mut database, "TRUE"), (500 + told).to_string());
    assert_eq!(count(&mut database, "id <= 500 AND amount = id * 3 + 1"), told.to_string());
    assert_eq!(count(&mut database, "id <= 500 AND amount = id * 3"), rest.to_string());
    let kept = format!(
        "id > {told} AND id <= 500 AND code IS NOT DISTINCT FROM \
                        CASE WHEN id % 2 = 0 THEN id::text END AND seen = (id % 3 = 0)::int"
    );
    assert_eq!(count(&mut database, &kept), rest.to_string());
    let types = "SELECT string_agg(format_type(atttypid, atttypmod), ', ' ORDER BY attname) \
                 FROM pg_attribute WHERE attrelid = 'readings'::regclass AND attnum > 0 \
                 AND NOT attisdropped";
    assert_eq!(one(&mut database, types), "bigint, text, bigint, text, smallint");
    assert!(database.execute("INSERT INTO readings (amount) VALUES (-1)").is_err());
    database.execute("INSERT INTO readings (code) VALUES ('by default')").unwrap();
    let left = "SELECT count(*)::text FROM pg_proc WHERE proname LIKE '%autogen%'";
    assert_eq!(one(&mut database, left), "0");

    database.execute("DELETE FROM readings WHERE code = 'by default'").unwrap();
    shop.ok(&["downgrade", "--", &format!("-{revisions}")]);
    assert_eq!(one(&mut database, types), "integer, integer, bigint, text, boolean");
    assert_eq!(count(&mut database, "id <= 500 AND amount = id * 3 + 1"), told.to_string());
    shop.ok(&["upgrade"]);
    assert_eq!(count(&mut database, "TRUE"), (500 + told).to_string());
    assert_eq!(count(&mut database, &kept), rest.to_string());
}

/// A value that only the new type can hold is nobody's fault: it is written, and only the way back
/// is closed until it is gone.
#[test]
fn a_value_that_the_old_type_cannot_hold_is_kept() {
    let Some(server) = testing::postgres() else { return };
    let shop = retyped(&server, &["--unproved"]);
    let last = shop.revisions().len() - 2;
    shop.ok(&["upgrade", &format!("+{last}")]);
    let mut database = server.open();
    database.execute("INSERT INTO readings (amount, code) VALUES (3000000000, 'x')").unwrap();
    database.execute("INSERT INTO readings (amount, code) VALUES (1, 'y')").unwrap();
    let sql = "SELECT amount_last IS NULL AND code_last IS NULL FROM readings WHERE code = 'x'";
    assert_eq!(one(&mut database, &format!("SELECT ({sql})::text")), "true");
    for (held, code) in [
        ("1 row of readings has no amount_last", "x"),
        ("1 row of readings holds a code that code_last cannot hold", "y"),
    ] {
        let run = shop.run(&["downgrade", "--", "-1"]);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.err.contains(held), "{run:?}");
        database.execute(&format!("DELETE FROM readings WHERE code = '{code}'")).unwrap();
    }
    shop.ok(&["downgrade", "--", "-1"]);
    shop.ok(&["upgrade"]);
    assert_eq!(one(&mut database, "SELECT count(*)::text FROM readings"), "500");
}

/// The names that a column had on the way are free again.
#[test]
fn a_type_changes_so_more_than_once_and_all_of_it_becomes_one() {
    let Some(server) = testing::postgres() else { return };
    let model = |ty: &str| {
        format!("#[derive(Model)]\npub struct Step {{\n    pub id: i64,\n    pub n: {ty},\n}}\n")
    };
    let shop = Shop::postgres(&model("i16")).at(server.url());
    shop.ok(&["generate", "-m", "steps"]);
    shop.ok(&["upgrade"]);
    let mut database = server.open();
    database.execute("INSERT INTO steps (n) SELECT generate_series(1, 50)").unwrap();
    for (ty, message) in [("i32", "wider steps"), ("i64", "still wider steps")] {
        shop.models(&model(ty));
        shop.ok(&["generate", "-m", message, "--online"]);
        shop.ok(&["upgrade"]);
        shop.ok(&["check", "--database", "--heads"]);
    }
    shop.ok(&["verify"]);
    let sum = "SELECT sum(n)::text || ' ' || pg_typeof(min(n)) FROM steps";
    assert_eq!(one(&mut database, sum), "1275 bigint");
    shop.ok(&["squash", "base:head", "-m", "steps of 2026"]);
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    assert!(shop.ok(&["upgrade"]).out.starts_with("nothing to apply"));
    assert_eq!(one(&mut database, sum), "1275 bigint");
}
