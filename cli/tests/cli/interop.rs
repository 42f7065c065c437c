//! The directories that the program writes are Diesel's: Diesel alone applies and reverts them, to
//! the same end as the program, and each goes on where the other stopped.

use std::fs;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::sqlite::Sqlite;
use diesel_autogen_database::Database;
use diesel_migrations::{
    EmbeddedMigrations, FileBasedMigrations, MigrationHarness, embed_migrations,
};

use crate::commands::shop::Shop;

/// What the fixture ships.
const EMBEDDED: EmbeddedMigrations = embed_migrations!("../fixtures/shop/migrations");

fn fixture() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/shop"))
}

/// The models of the fixture, with four revisions: without points, with points, one that makes
/// tables anew and renames, and one that drops, adds and refers.
fn shop() -> Shop {
    let shop = Shop::bare("");
    let manifest = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
                    [package.metadata.diesel_autogen]\nbackend = \"sqlite\"\n\n\
                    [features]\ndefault = [\"loyalty\"]\nloyalty = []\n";
    shop.write("Cargo.toml", manifest);
    for entry in fs::read_dir(fixture().join("src")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        shop.write(&format!("src/{name}"), &fs::read_to_string(&path).unwrap());
    }
    let edit = |file: &str, from: &str, to: &str| {
        let text = shop.read(file);
        assert!(text.contains(from), "{file} has no {from}");
        shop.write(file, &text.replace(from, to));
    };
    shop.ok(&["init"]);
    shop.ok(&["generate", "-m", "open the shop", "--no-default-features"]);
    shop.ok(&["generate", "-m", "collect points"]);

    edit("src/catalog.rs", "price >= 0", "price > 0");
    edit("src/catalog.rs", "#[model(strict, without_rowid)]", "#[model(without_rowid)]");
    edit(
        "src/customers.rs",
        "    pub r#type: i16,",
        "    #[column(renamed_from = \"type\")]\n    pub kind: i16,",
    );
    shop.ok(&["generate", "-m", "dearer products, kinds of sessions"]);

    edit("src/orders.rs", "    pub parcel: String,", "    pub weight: Option<f64>,");
    edit("src/kinds.rs", "    Open,", "    Open,\n    Refused,");
    let losses = ["--allow-loss", "shipments.parcel", "--allow-loss", "sessions"];
    edit("src/lib.rs", "    customers::Session,\n", "");
    let customers = shop.read("src/customers.rs");
    let (kept, _) = customers.split_once("#[derive(").unwrap();
    let model = customers.split("#[derive(").find(|it| it.contains("struct Customer")).unwrap();
    shop.write("src/customers.rs", &format!("{kept}#[derive({model}"));
    shop.ok(&[&["generate", "-m", "weigh shipments"][..], &losses].concat());
    assert_eq!(shop.revisions().len(), 4);
    let rebuilds = shop.revisions().into_iter().filter(|name| {
        shop.read(&format!("migrations/{name}/up.sql")).contains("autogen_new_products")
    });
    assert_eq!(rebuilds.count(), 1, "one of them makes a table anew");
    shop
}

/// A database of its own, with foreign keys as an application has them.
struct File<'a> {
    shop: &'a Shop,
    name: String,
    database: Database,
}

impl<'a> File<'a> {
    fn new(shop: &'a Shop, name: &str) -> File<'a> {
        let path = shop.path().join(name);
        let mut database = Database::open(path.to_str().unwrap()).unwrap();
        database.sqlite().unwrap().batch_execute("PRAGMA foreign_keys = ON").unwrap();
        File { shop, name: name.to_owned(), database }
    }

    fn source(&self) -> FileBasedMigrations {
        FileBasedMigrations::from_path(self.shop.path().join("migrations")).unwrap()
    }

    fn diesel(&mut self) -> &mut impl MigrationHarness<Sqlite> {
        self.database.sqlite().unwrap()
    }

    /// Diesel alone applies the next so many.
    fn diesel_up(&mut self, count: usize) {
        let source = self.source();
        for _ in 0..count {
            self.diesel().run_next_migration(source.clone()).unwrap();
        }
    }

    /// Diesel alone reverts the last so many.
    fn diesel_down(&mut self, count: usize) {
        let source = self.source();
        for _ in 0..count {
            self.diesel().revert_last_migration(source.clone()).unwrap();
        }
    }

    fn ours(&self, arguments: &[&str]) {
        self.shop.ok(&[arguments, &["--database-url", &self.name]].concat());
    }

    fn dump(&mut self) -> String {
        self.database.dump().unwrap().to_string()
    }

    fn execute(&mut self, sql: &str) {
        self.database.sqlite().unwrap().batch_execute(sql).unwrap();
    }

    /// Everything that shop's customers and products are, in a few words.
    fn rows(&mut self) -> String {
        let sql = "SELECT email, full_name, sku, price, order_id, quantity FROM customers \
                   JOIN orders ON customer_id = customers.id JOIN lines ON order_id = orders.id \
                   JOIN products USING (sku)"
            .replace("price", "products.price");
        format!("{:?}", self.database.rows(&sql).unwrap())
    }
}

const ROWS: &str = "
    INSERT INTO categories (id, name) VALUES (1, 'Tea');
    INSERT INTO products (sku, attributes, category_id, price, title, weight)
        VALUES ('T', '{}', 1, 4.5, 'Assam', 1);
    INSERT INTO customers (id, email, full_name) VALUES (3, 'a@b.c', 'Ada');
    INSERT INTO orders (id, customer_id, number, placed_at) VALUES (1, 3, 1, '2026-01-02 03:04:05');
    INSERT INTO lines (order_id, position, price, quantity, sku) VALUES (1, 1, 4.5, 2, 'T');
";

#[test]
fn diesel_alone_and_the_program_come_to_the_same() {
    let shop = shop();
    let mut diesel = File::new(&shop, "diesel.db");
    let mut ours = File::new(&shop, "ours.db");
    let source = diesel.source();

    let mut steps = vec![];
    for _ in 0..4 {
        diesel.diesel_up(1);
        ours.ours(&["upgrade", "+1"]);
        assert_eq!(diesel.dump(), ours.dump());
        steps.push(diesel.dump());
    }
    assert!(!diesel.diesel().has_pending_migration(source.clone()).unwrap());
    assert!(steps[3].contains("products") && !steps[3].contains("sessions"), "{}", steps[3]);

    for at in (0..4).rev() {
        assert_eq!(diesel.dump(), steps[at]);
        assert_eq!(ours.dump(), steps[at]);
        diesel.diesel_down(1);
        ours.ours(&["downgrade", "-1"]);
    }
    assert_eq!(diesel.dump(), ours.dump());
    assert!(!diesel.dump().contains("products"));

    diesel.diesel().run_pending_migrations(source.clone()).unwrap();
    ours.ours(&["upgrade"]);
    assert_eq!((diesel.dump(), ours.dump()), (steps[3].clone(), steps[3].clone()));
    diesel.diesel().revert_all_migrations(source.clone()).unwrap();
    diesel.diesel().run_pending_migrations(source).unwrap();
    assert_eq!(diesel.dump(), steps[3], "up, down and up again by Diesel alone");
}

#[test]
fn histories_mix_and_rows_go_along() {
    let shop = shop();
    let mut whole = File::new(&shop, "whole.db");
    whole.ours(&["upgrade"]);
    let end = whole.dump();
    // How many are applied by Diesel before the program applies the rest, which Diesel reverts.
    for by_diesel in 1..4 {
        let mut file = File::new(&shop, &format!("mixed{by_diesel}.db"));
        file.diesel_up(by_diesel);
        let start = file.dump();
        file.execute(ROWS);
        let rows = file.rows();
        assert!(rows.contains("Assam") || rows.contains("Ada"), "{rows}");
        file.ours(&["upgrade"]);
        assert_eq!(file.dump(), end);
        assert_eq!(file.rows(), rows);
        file.diesel_down(4 - by_diesel);
        assert_eq!(file.dump(), start);
        assert_eq!(file.rows(), rows);
        // And the other way about.
        file.diesel_up(4 - by_diesel);
        assert_eq!(file.dump(), end);
        file.ours(&["downgrade", &format!("-{}", 4 - by_diesel)]);
        assert_eq!(file.dump(), start);
        assert_eq!(file.rows(), rows);
        let applied = file.database.applied().unwrap().len();
        assert_eq!(applied, by_diesel);
    }
}

/// Diesel's connections begin without foreign keys.
#[test]
fn a_connection_without_foreign_keys_comes_to_the_same_and_has_them_after_a_table_was_made_anew() {
    let shop = shop();
    let mut whole = File::new(&shop, "whole.db");
    whole.ours(&["upgrade"]);
    let mut off = File::new(&shop, "off.db");
    off.execute("PRAGMA foreign_keys = OFF");
    off.diesel_up(2);
    let start = off.dump();
    off.execute(ROWS);
    let rows = off.rows();
    let setting = |file: &mut File<'_>| {
        format!("{:?}", file.database.rows("SELECT foreign_keys FROM pragma_foreign_keys").unwrap())
    };
    let without = setting(&mut off);
    off.diesel_up(1);
    assert_ne!(setting(&mut off), without);
    off.diesel_up(1);
    assert_eq!(off.dump(), whole.dump());
    assert_eq!(off.rows(), rows);
    off.execute("PRAGMA foreign_keys = OFF");
    off.diesel_down(2);
    assert_eq!(off.dump(), start);
    assert_eq!(off.rows(), rows);
}

#[test]
fn embedded_migrations_are_the_same() {
    let shop = Shop::bare("");
    let mut embedded = File::new(&shop, "embedded.db");
    let mut ours = File::new(&shop, "ours.db");
    let empty = embedded.dump();
    embedded.diesel().run_pending_migrations(EMBEDDED).unwrap();
    let manifest = fixture().join("Cargo.toml");
    ours.ours(&["upgrade", "--manifest-path", manifest.to_str().unwrap()]);
    assert_eq!(embedded.dump(), ours.dump());
    embedded.execute(ROWS);
    embedded.diesel().revert_all_migrations(EMBEDDED).unwrap();
    assert_ne!(embedded.dump(), ours.dump());
    ours.ours(&["downgrade", "base", "--manifest-path", manifest.to_str().unwrap()]);
    assert_eq!(embedded.dump(), ours.dump());
    assert!(!embedded.dump().contains("products"), "{empty}");
    embedded.diesel().run_pending_migrations(EMBEDDED).unwrap();
    ours.ours(&["upgrade", "--manifest-path", manifest.to_str().unwrap()]);
    assert_eq!(embedded.dump(), ours.dump());
    assert!(embedded.dump().contains("products"));
}
