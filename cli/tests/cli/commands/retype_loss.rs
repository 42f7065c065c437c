//! Types that may not hold every value, changed in phases on PostgreSQL: what does not fit stops
//! the change before anything is done, or where it comes later, and is never let go of unsaid.

use diesel_autogen_database::{Database, testing};

use super::shop::Shop;

const BEFORE: &str = "use bigdecimal::BigDecimal;

#[derive(Model)]
pub struct Reading {
    pub id: i64,
    #[column(index)]
    pub amount: i64,
    pub token: Option<String>,
    #[column(precision = 12, scale = 4)]
    pub price: BigDecimal,
    pub paid: Option<i32>,
    pub word: Option<String>,
}
";

const ROWS: &str = "INSERT INTO readings (amount, token, price, paid, word) \
    SELECT n, md5(n::text), n / 8.0, CASE WHEN n % 2 = 0 THEN n END, 'w' || n \
    FROM generate_series(1, 300) AS n";

fn after() -> String {
    BEFORE
        .replace("pub amount: i64", "pub amount: i32")
        .replace("pub token: Option<String>", "pub token: Option<uuid::Uuid>")
        .replace("scale = 4", "scale = 2")
        .replace(
            "pub paid: Option<i32>",
            "#[column(using = \"nullif(paid, 100) * 100\", backfill = \"0\")]\n    pub paid: i64",
        )
        .replace(
            "pub word: Option<String>",
            "#[column(max_length = 5)]\n    pub word: Option<String>",
        )
}

fn generated(server: &testing::OwnDatabase, more: &[&str]) -> Shop {
    let shop = Shop::postgres(BEFORE).at(server.url());
    shop.ok(&["generate", "-m", "readings", "--unproved"]);
    shop.ok(&["upgrade"]);
    server.open().execute(ROWS).unwrap();
    shop.models(&after());
    let plain = ["generate", "-m", "narrower readings", "--online", "--batch", "100"];
    let run = shop.run(&plain);
    assert_eq!(run.code, 4, "{run:?}");
    let allowed = ["amount", "token", "price", "word"]
        .map(|name| ["--allow-loss".to_owned(), format!("readings.{name}")]);
    let allowed = allowed.as_flattened().iter().map(String::as_str);
    let all = plain.into_iter().chain(allowed).chain(more.iter().copied());
    shop.ok(&all.collect::<Vec<_>>());
    shop
}

fn one(database: &mut Database, sql: &str) -> String {
    let rows = database.rows(sql).unwrap();
    rows[0][0].as_text().map_or_else(|| format!("{:?}", rows[0][0]), str::to_owned)
}

fn count(database: &mut Database, filter: &str) -> String {
    one(database, &format!("SELECT count(*)::text FROM readings WHERE {filter}"))
}

const TYPES: &str = "SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' \
    ORDER BY attname) FROM pg_attribute WHERE attrelid = 'readings'::regclass AND attnum > 0 \
    AND NOT attisdropped";

const BECAME: &str = "amount = id AND token = md5(id::text)::uuid AND price = round(id / 8.0, 2) \
    AND paid = coalesce(CASE WHEN id % 2 = 0 THEN nullif(id, 100) END * 100, 0) \
    AND word = 'w' || id";

#[test]
fn what_fits_changes_beside_the_table_and_back() {
    let Some(server) = testing::postgres() else { return };
    let shop = generated(&server, &[]);
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    let own = shop.revisions().len() - 1;
    let scripts: Vec<String> = shop.revisions()[1..]
        .iter()
        .map(|name| shop.read(&format!("migrations/{name}/up.sql")))
        .collect();
    assert!(scripts.iter().all(|it| !it.contains(" TYPE ")), "{scripts:?}");
    // Until the old column goes nothing is lost, and there it is said.
    let (last, others) = scripts.split_last().unwrap();
    assert!(
        last.contains("loses data: readings.price (digits may be lost) [narrows-type]"),
        "{last}"
    );
    assert!(others.iter().all(|it| !it.contains("[narrows-type]")), "{others:?}");

    let mut database = server.open();
    let before = one(&mut database, TYPES);
    shop.ok(&["upgrade"]);
    shop.ok(&["check", "--database", "--heads"]);
    assert_eq!(
        one(&mut database, TYPES),
        "amount integer, id bigint, paid bigint, price numeric(12,2), token uuid, \
         word character varying(5)"
    );
    assert_eq!(count(&mut database, BECAME), "300");
    shop.ok(&["downgrade", "--", &format!("-{own}")]);
    assert_eq!(one(&mut database, TYPES), before);
    assert_eq!(count(&mut database, "amount = id AND word = 'w' || id"), "300");
    shop.ok(&["upgrade"]);
    assert_eq!(count(&mut database, "TRUE"), "300");
}

/// Whoever wrote it: each is counted by the name that it has.
#[test]
fn what_does_not_fit_stops_before_anything_is_done() {
    let Some(server) = testing::postgres() else { return };
    let shop = generated(&server, &["--unproved"]);
    let mut database = server.open();
    let misfits = "UPDATE readings SET amount = 5000000000 WHERE id < 4; \
                   UPDATE readings SET token = 'none' WHERE id < 3; \
                   UPDATE readings SET paid = 2000000000 WHERE id = 9; \
                   UPDATE readings SET word = 'a longer word' WHERE id = 7";
    database.execute(misfits).unwrap();
    let dump = database.dump().unwrap();
    let run = shop.run(&["check", "--database", "--allow-pending"]);
    assert_eq!(run.code, 3, "{run:?}");
    for found in [
        "3 rows of readings have a value in amount that does not fit into INTEGER",
        "2 rows of readings have a value in token that does not fit into UUID",
        "1 row of readings has a value in word that does not fit into VARCHAR(5)",
    ] {
        assert!(run.out.contains(found), "{run:?}");
    }
    let run = shop.run(&["upgrade"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("3 rows of readings have a value in amount"), "{run:?}");
    assert_eq!(database.dump().unwrap(), dump);
    let mend = "UPDATE readings SET amount = id, word = 'w' || id WHERE id < 10; \
                UPDATE readings SET token = NULL WHERE token = 'none'";
    database.execute(mend).unwrap();
    // What nobody could say of the rows fails where they are filled, and goes on when it is mended.
    let run = shop.run(&["upgrade"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("fill_readings_paid_next"), "{run:?}");
    database.execute("UPDATE readings SET paid = 9 WHERE id = 9").unwrap();
    shop.ok(&["upgrade"]);
    shop.ok(&["check", "--database", "--heads"]);
    assert_eq!(count(&mut database, "token IS NULL"), "2");
    assert_eq!(count(&mut database, "paid = 900"), "1");
}

/// The program from before may write them until the swap: nobody stops it, and they stop the swap.
#[test]
fn what_comes_meanwhile_and_does_not_fit_is_kept() {
    let Some(server) = testing::postgres() else { return };
    let shop = generated(&server, &["--unproved"]);
    let mut database = server.open();
    let revisions = shop.revisions();
    let swap = revisions.iter().position(|name| name.ends_with("_swap")).unwrap();
    shop.ok(&["upgrade", &format!("+{}", swap - 1)]);
    let misfit =
        "UPDATE readings SET token = 'none', word = 'a longer word', paid = 8 WHERE id = 7";
    database.execute(misfit).unwrap();
    let dump = database.dump().unwrap();
    let run = shop.run(&["upgrade"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("1 row of readings holds a token that token_next cannot hold"));
    assert_eq!(database.dump().unwrap(), dump);
    assert_eq!(count(&mut database, "token = 'none' AND word = 'a longer word'"), "1");
    assert_eq!(count(&mut database, "paid_next = 800"), "2");
    database.execute("UPDATE readings SET token = NULL WHERE id = 7").unwrap();
    let run = shop.run(&["upgrade"]);
    assert!(run.err.contains("1 row of readings holds a word that word_next cannot hold"));
    database.execute("UPDATE readings SET word = 'short' WHERE id = 7").unwrap();
    shop.ok(&["upgrade", "+1"]);

    // Now the new program writes; the old column has what it had, rounded where it was written.
    database.execute("UPDATE readings SET paid = 1 WHERE id = 1").unwrap();
    assert_eq!(count(&mut database, "price_last = id / 8.0"), "299");
    assert_eq!(count(&mut database, "price_last <> price"), "149");
    shop.ok(&["downgrade", "--", "-1"]);
    assert_eq!(count(&mut database, "price = id / 8.0"), "299");
    shop.ok(&["upgrade"]);
}

/// Digits that the old column has no place for are counted before they are let go of.
#[test]
fn what_only_the_new_type_holds_is_not_rounded_unasked() {
    let Some(server) = testing::postgres() else { return };
    let model = |scale: u8| {
        format!(
            "use bigdecimal::BigDecimal;\n\n#[derive(Model)]\npub struct Price {{\n    \
             pub id: i64,\n    #[column(precision = 12, scale = {scale})]\n    \
             pub amount: BigDecimal,\n}}\n"
        )
    };
    let shop = Shop::postgres(&model(2)).at(server.url());
    shop.ok(&["generate", "-m", "prices", "--unproved"]);
    shop.models(&model(4).replace("12", "14"));
    shop.ok(&["generate", "-m", "finer prices", "--online", "--unproved"]);
    let swap = shop.revisions().iter().position(|name| name.ends_with("_swap")).unwrap();
    shop.ok(&["upgrade", &format!("+{}", swap + 1)]);
    let mut database = server.open();
    database.execute("INSERT INTO prices (amount) VALUES (1.25), (1.2345), (2)").unwrap();
    let run = shop.run(&["downgrade", "--", "-1"]);
    assert_eq!(run.code, 5, "{run:?}");
    assert!(run.err.contains("would change 1 value of prices.amount: digits are lost"), "{run:?}");
    let amounts = "SELECT string_agg(amount::text, ' ' ORDER BY id) FROM prices";
    assert_eq!(one(&mut database, amounts), "1.2500 1.2345 2.0000");
    shop.ok(&["downgrade", "--allow-loss", "prices.amount", "--", "-1"]);
    assert_eq!(one(&mut database, amounts), "1.25 1.23 2.00");
}
