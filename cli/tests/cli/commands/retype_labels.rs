//! Labels that go from an enum type in phases, on PostgreSQL, which has no way to take one out: the
//! type is made anew beside itself, and no row is written under a lock.

use diesel_autogen_database::{Database, testing};

use super::shop::Shop;

const BEFORE: &str = "#[derive(DbEnum, Clone, Copy, Debug)]
pub enum Mood {
    Fine,
    Sad,
    Angry,
    Cross,
}

#[derive(Model)]
#[model(check(name = \"persons_mood_check\", \"mood <> 'cross' OR id > 0\"))]
pub struct Person {
    pub id: i64,
    #[column(index, default = \"'fine'\")]
    pub mood: Mood,
}

#[derive(Model)]
pub struct Visit {
    pub id: i64,
    pub mood: Option<Mood>,
}
";

const ROWS: &str = "INSERT INTO persons (mood) SELECT (ARRAY['fine', 'sad', 'cross'])[1 + n % 3]::mood \
    FROM generate_series(1, 300) AS n; \
    INSERT INTO visits (mood) SELECT CASE WHEN n % 2 = 0 THEN 'sad'::mood END \
    FROM generate_series(1, 100) AS n";

const GENERATE: [&str; 10] = [
    "generate",
    "-m",
    "nobody is angry",
    "--online",
    "--batch",
    "100",
    "--allow-loss",
    "persons.mood",
    "--allow-loss",
    "visits.mood",
];

fn generated(server: &testing::OwnDatabase, more: &[&str]) -> Shop {
    let shop = Shop::postgres(BEFORE).at(server.url());
    shop.ok(&["generate", "-m", "moods", "--unproved"]);
    shop.ok(&["upgrade"]);
    server.open().execute(ROWS).unwrap();
    shop.models(&BEFORE.replace("    Angry,\n    Cross,\n", "    Cross,\n"));
    shop.ok(&[&GENERATE[..], more].concat());
    shop
}

fn one(database: &mut Database, sql: &str) -> String {
    let rows = database.rows(sql).unwrap();
    rows[0][0].as_text().map_or_else(|| format!("{:?}", rows[0][0]), str::to_owned)
}

const LABELS: &str = "SELECT string_agg(typname || ' ' || enumlabel, ', ' ORDER BY typname, \
    enumsortorder) FROM pg_enum JOIN pg_type AS t ON t.oid = enumtypid";

const MOODS: &str = "SELECT string_agg(mood::text || ' ' || n, ', ' ORDER BY mood) FROM \
    (SELECT mood, count(*) AS n FROM persons GROUP BY mood) AS counted";

const FILES: &str = "SELECT string_agg(relfilenode::text, ' ' ORDER BY relname) FROM pg_class \
    WHERE relname IN ('persons', 'visits')";

#[test]
fn a_label_goes_and_no_row_is_written_under_a_lock() {
    let Some(server) = testing::postgres() else { return };
    let shop = generated(&server, &[]);
    shop.ok(&["check"]);
    shop.ok(&["verify"]);
    let mut database = server.open();
    let files = one(&mut database, FILES);
    let own = shop.revisions().len() - 1;
    assert!(own > 5, "{:?}", shop.revisions());
    for _ in 0..2 {
        shop.ok(&["upgrade"]);
        shop.ok(&["check", "--database", "--heads"]);
        assert_eq!(one(&mut database, LABELS), "mood fine, mood sad, mood cross");
        assert_eq!(one(&mut database, MOODS), "fine 100, sad 100, cross 100");
        database.execute("INSERT INTO persons DEFAULT VALUES").unwrap();
        database.execute("DELETE FROM persons WHERE id > 300").unwrap();
        shop.ok(&["downgrade", "--", &format!("-{own}")]);
        assert_eq!(one(&mut database, LABELS), "mood fine, mood sad, mood angry, mood cross");
        assert_eq!(one(&mut database, MOODS), "fine 100, sad 100, cross 100");
        assert_eq!(one(&mut database, "SELECT count(mood)::text FROM visits"), "50");
    }
    assert_eq!(one(&mut database, FILES), files);
}

/// Before the swap a program may still write it.
#[test]
fn a_row_with_a_label_that_goes_stops_it() {
    let Some(server) = testing::postgres() else { return };
    let shop = generated(&server, &["--unproved"]);
    let mut database = server.open();
    database.execute("UPDATE persons SET mood = 'angry' WHERE id < 3").unwrap();
    let dump = database.dump().unwrap();
    let run = shop.run(&["upgrade"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("2 rows of persons have a label in mood that goes: angry"), "{run:?}");
    assert_eq!(database.dump().unwrap(), dump);
    database.execute("UPDATE persons SET mood = 'sad' WHERE mood = 'angry'").unwrap();
    let swap = shop.revisions().iter().position(|name| name.ends_with("_swap")).unwrap();
    shop.ok(&["upgrade", &format!("+{}", swap - 1)]);
    database.execute("UPDATE visits SET mood = 'angry' WHERE id = 7").unwrap();
    let run = shop.run(&["upgrade"]);
    assert!(run.err.contains("1 row of visits holds a mood that mood_next cannot hold"), "{run:?}");
    assert_eq!(one(&mut database, "SELECT mood::text FROM visits WHERE id = 7"), "angry");
    database.execute("UPDATE visits SET mood = 'fine' WHERE id = 7").unwrap();
    shop.ok(&["upgrade"]);
    assert_eq!(one(&mut database, "SELECT mood::text FROM visits WHERE id = 7"), "fine");
}
