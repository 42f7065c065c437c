//! The way back of columns that go in phases, on PostgreSQL: what rows hold in them while they are
//! there stays, and what was written without them gets a value that fits.

use diesel_autogen_database::{Database, testing};

use super::shop::Shop;

const MODELS: &str = "#[derive(Model)]
#[model(index(name = \"products_sku\", columns(sku), unique, where = \"live\"))]
pub struct Product {
    pub id: i64,
    pub live: bool,
    pub sku: String,
    #[column(unique)]
    pub code: i32,
    pub name: String,
}
#[derive(Model)]
pub struct Node {
    pub id: i64,
    #[column(unique)]
    pub key: String,
    #[column(references = nodes::key)]
    pub parent: String,
}
#[derive(Model)]
#[model(unique(batch, place))]
pub struct Seat {
    pub id: i64,
    pub batch: i32,
    pub place: i32,
}
#[derive(Model)]
#[model(foreign_key(columns(batch, place), references = seats(batch, place)))]
pub struct Ticket {
    pub id: i64,
    pub batch: i32,
    pub place: i32,
}
#[derive(Model)]
pub struct Aisle {
    pub id: i64,
    #[column(references = zones::code)]
    pub zone: String,
}
#[derive(Model)]
pub struct Zone {
    pub id: i64,
    #[column(unique)]
    pub code: String,
}
";

const GONE: [&str; 7] = [
    "    pub sku: String,\n",
    "    #[column(unique)]\n    pub code: i32,\n",
    "    pub name: String,\n",
    "    #[column(unique)]\n    pub key: String,\n",
    "    #[column(references = nodes::key)]\n    pub parent: String,\n",
    "    #[column(references = zones::code)]\n    pub zone: String,\n",
    "    #[column(unique)]\n    pub code: String,\n",
];

const LOST: [&str; 8] = [
    "products.sku",
    "products.code",
    "products.name",
    "nodes.key",
    "nodes.parent",
    "tickets.place",
    "aisles.zone",
    "zones.code",
];

/// What the program from before wrote, before anything changed.
const ROWS: [&str; 6] = [
    "INSERT INTO products (live, sku, code, name) VALUES (TRUE, '2', 3, 'x'), (FALSE, 'a', 1, 'y')",
    "INSERT INTO nodes (key, parent) VALUES ('1', '1'), ('2', '1')",
    "INSERT INTO seats (batch, place) VALUES (1, 1), (2, 5), (2, 6)",
    "INSERT INTO tickets (batch, place) VALUES (1, 1), (2, 6)",
    "INSERT INTO zones (code) VALUES ('1'), ('b')",
    "INSERT INTO aisles (zone) VALUES ('b')",
];

/// What programs write once the columns need no value: the one after it, and the one from before.
const MEANWHILE: [&str; 7] = [
    "INSERT INTO products (live) VALUES (TRUE), (TRUE), (FALSE)",
    "INSERT INTO products (live, sku, code, name) VALUES (TRUE, 'a', 2, 'z')",
    "INSERT INTO nodes DEFAULT VALUES",
    "INSERT INTO nodes (key, parent) VALUES ('3', '3')",
    "INSERT INTO tickets (batch) VALUES (2), (1)",
    "INSERT INTO zones DEFAULT VALUES",
    "INSERT INTO aisles DEFAULT VALUES",
];

/// Questions, and what is answered once the columns are back, with what they held still there.
const KEPT: [(&str, &str); 10] = [
    ("SELECT string_agg(sku, ' ' ORDER BY id) FROM products WHERE name > ''", "2 a a"),
    ("SELECT string_agg(code::TEXT, ' ' ORDER BY id) FROM products WHERE name > ''", "3 1 2"),
    ("SELECT count(DISTINCT code)::TEXT FROM products", "6"),
    ("SELECT string_agg(code::TEXT, ' ' ORDER BY code) FROM products WHERE name = ''", "4 5 6"),
    ("SELECT string_agg(sku, ' ' ORDER BY sku) FROM products WHERE name = ''", "1 3 4"),
    ("SELECT string_agg(key || '<' || parent, ' ' ORDER BY id) FROM nodes", "1<1 2<1 4<4 3<3"),
    ("SELECT string_agg(batch || '.' || place, ' ' ORDER BY id) FROM tickets", "1.1 2.6 2.5 1.1"),
    ("SELECT string_agg(code, ' ' ORDER BY id) FROM zones", "1 b 2"),
    ("SELECT string_agg(zone, ' ' ORDER BY id) FROM aisles", "b 1"),
    (REQUIRED, "11"),
];

const REQUIRED: &str = "SELECT count(*)::TEXT FROM information_schema.columns WHERE is_nullable = 'NO' \
                        AND column_name IN ('sku', 'code', 'name', 'key', 'parent', 'place', 'zone', \
                        'batch') AND table_schema = 'public'";

/// What is so of every row, whatever they hold.
const FITS: [(&str, &str); 4] = [
    ("SELECT count(DISTINCT code)::TEXT FROM products", "6"),
    ("SELECT count(*)::TEXT FROM nodes AS a JOIN nodes AS b ON a.parent = b.key", "4"),
    ("SELECT count(*)::TEXT FROM tickets JOIN seats USING (batch, place)", "4"),
    ("SELECT count(*)::TEXT FROM aisles JOIN zones ON zone = code", "2"),
];

fn answered(database: &mut Database, questions: &[(&str, &str)]) {
    for (sql, answer) in questions {
        let rows = database.rows(sql).unwrap();
        assert_eq!(rows[0][0].as_text(), Some(*answer), "{sql}");
    }
}

/// The models without the columns.
fn fewer() -> String {
    let models = GONE.iter().fold(MODELS.to_owned(), |models, gone| models.replace(gone, ""));
    let (rest, ticket) = models.split_at(models.find("#[model(foreign_key").unwrap());
    let (_, ticket) = ticket.split_once('\n').unwrap();
    let ticket = ticket.replacen("    pub place: i32,\n", "", 1);
    let index =
        "#[model(index(name = \"products_sku\", columns(sku), unique, where = \"live\"))]\n";
    format!("{rest}{ticket}").replace(index, "")
}

fn shop(server: &testing::OwnDatabase) -> Shop {
    let shop = Shop::postgres(MODELS).at(server.url());
    shop.ok(&["generate", "-m", "seats and zones", "--unproved"]);
    shop.ok(&["upgrade"]);
    let mut database = server.open();
    ROWS.iter().for_each(|sql| database.execute(sql).unwrap());
    shop.models(&fewer());
    shop
}

fn generate(shop: &Shop, more: &[&str]) {
    let loss = LOST.iter().flat_map(|lost| ["--allow-loss", lost]);
    let flags: Vec<&str> = loss.chain(more.iter().copied()).collect();
    shop.ok(&[&["generate", "-m", "fewer columns"], &flags[..]].concat());
}

#[test]
fn what_is_there_stays_and_what_is_not_gets_a_value_that_fits() {
    let Some(server) = testing::postgres() else { return };
    let shop = shop(&server);
    generate(&shop, &["--online"]);
    shop.ok(&["upgrade", "--phase", "expand"]);
    let mut database = server.open();
    MEANWHILE.iter().for_each(|sql| database.execute(sql).unwrap());
    shop.ok(&["downgrade"]);
    answered(&mut database, &KEPT);
    answered(&mut database, &FITS);

    // All the way, nothing is left of what they held.
    shop.ok(&["upgrade"]);
    let steps = format!("-{}", shop.revisions().len() - 1);
    shop.ok(&["downgrade", "--", &steps]);
    answered(&mut database, &FITS);
    answered(&mut database, &[(REQUIRED, "11")]);
    shop.ok(&["upgrade"]);
}

#[test]
fn at_once_a_part_of_a_key_comes_back_to_what_is_left_of_it() {
    let Some(server) = testing::postgres() else { return };
    let shop = shop(&server);
    generate(&shop, &[]);
    shop.ok(&["upgrade"]);
    shop.ok(&["downgrade"]);
    let mut database = server.open();
    let tickets = "SELECT string_agg(batch || '.' || place, ' ' ORDER BY id) FROM tickets";
    answered(&mut database, &[(tickets, "1.1 2.5")]);
}

#[test]
fn rows_that_nothing_is_left_to_refer_to_are_counted() {
    let Some(server) = testing::postgres() else { return };
    let shop = shop(&server);
    generate(&shop, &["--online", "--unproved"]);
    shop.ok(&["upgrade", "--phase", "expand"]);
    let mut database = server.open();
    database.execute("UPDATE aisles SET zone = NULL").unwrap();
    database.execute("DELETE FROM zones").unwrap();
    let run = shop.run(&["downgrade"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("1 row of aisles has no zone, and zones has none for it"), "{run:?}");

    // Two rows alike in what is to be unique again are told as well.
    database.execute("INSERT INTO zones (code) VALUES ('c'), ('c'), (NULL), (NULL)").unwrap();
    let run = shop.run(&["downgrade"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("1 value of zones.code is there more than once"), "{run:?}");
    database.execute("DELETE FROM zones WHERE code = 'c'").unwrap();
    shop.ok(&["downgrade"]);
    answered(
        &mut database,
        &[("SELECT count(*)::TEXT FROM aisles JOIN zones ON zone = code", "1")],
    );
}
