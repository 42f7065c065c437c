//! Rows that are in the way of a migration, and rows that going back would lose.

use diesel_autogen_database::{Database, Value, testing};

use super::shop::{Shop, USER, USER_WITH_BIO};

const LOOSE: &str = "#[derive(Model)]\npub struct User {\n    pub id: i64,\n    \
                     pub email: Option<String>,\n}\n";
const UNIQUE: &str = "#[derive(Model)]\npub struct User {\n    pub id: i64,\n    \
                      #[column(unique)]\n    pub email: String,\n}\n";

/// A package whose users may have no email, at the database of this URL, and a revision that
/// wants one of each.
fn tightened(shop: Shop) -> Shop {
    shop.ok(&["generate", "-m", "add users"]);
    shop.ok(&["upgrade"]);
    shop.models(USER);
    let run = shop.run(&["generate", "-m", "emails are there"]);
    assert_eq!(run.code, 4, "{run:?}");
    assert!(run.err.contains("`--allow-loss users.email`"), "{}", run.err);
    let report = shop.json(&["generate", "-m", "emails are there", "--allow-loss", "users.email"]);
    let guard = &report["revision"]["guards"][0];
    assert_eq!(guard["code"], "tightens-not-null");
    assert_eq!(guard["object"], "users.email");
    assert_eq!(guard["found"], "rows of users have no email");
    shop
}

/// Rows stop the migration, which is known beforehand; and it goes when they are gone.
fn stops_and_goes(shop: &Shop, database: &mut Database) {
    let rows = "INSERT INTO users (email) VALUES ('a@b.c'), (NULL), (NULL)";
    database.execute(rows).unwrap();
    let check = ["check", "--database", "--allow-pending"];
    let run = shop.run(&check);
    assert_eq!(run.code, 3, "{run:?}");
    let name = &shop.revisions()[1];
    let found =
        format!("revision {name} would change nothing and fail: 2 rows of users have no email");
    assert!(run.out.contains(&found), "{run:?}");
    let report = shop.json(&check);
    let stopped = &report["database"]["stopped"][0];
    assert_eq!(stopped["found"], "2 rows of users have no email");
    assert_eq!(stopped["code"], "tightens-not-null");
    assert_eq!(stopped["revision"], name.as_str());
    let run = shop.run(&["check", "--database", "--allow-pending", "--format", "github"]);
    assert!(run.out.contains("/up.sql,line="), "{run:?}");

    let dump = database.dump().unwrap();
    let run = shop.run(&["upgrade"]);
    assert_eq!(run.code, 1, "{run:?}");
    let expected = format!(
        "error: `migrations/{name}/up.sql` has changed nothing: 2 rows of users have no email;"
    );
    assert!(run.err.contains(&expected), "{}", run.err);
    assert_eq!(database.dump().unwrap(), dump);
    assert_eq!(database.half_done().unwrap(), None);
    let count = database.rows("SELECT count(*) FROM users").unwrap();
    assert_eq!(count[0][0].as_count(), Some(3));

    database
        .execute("DELETE FROM users WHERE id = (SELECT max(id) FROM (SELECT id FROM users) AS u)")
        .unwrap();
    let run = shop.run(&["upgrade"]);
    assert!(run.err.contains("1 row of users has no email;"), "{}", run.err);
    database.execute("DELETE FROM users WHERE email IS NULL").unwrap();
    shop.ok(&check);
    shop.ok(&["upgrade"]);
    shop.ok(&["check", "--database"]);
    let rows = database.rows("SELECT email FROM users").unwrap();
    assert_eq!(rows, [[Value::Text("a@b.c".to_owned())]]);
}

#[test]
fn rows_that_are_in_the_way_are_told_before_anything_changes() {
    let shop = Shop::new(LOOSE).at("shop.db");
    let shop = tightened(shop);
    stops_and_goes(&shop, &mut shop.database());
}

#[test]
fn rows_that_are_in_the_way_are_told_on_a_server() {
    let Some(server) = testing::postgres() else { return };
    let shop = tightened(Shop::postgres(LOOSE).at(server.url()));
    stops_and_goes(&shop, &mut server.open());
}

#[cfg(feature = "mysql")]
#[test]
fn rows_that_are_in_the_way_are_told_where_every_statement_commits() {
    let Some(server) = testing::mysql() else { return };
    let loose = LOOSE.replace("    pub email", "    #[column(max_length = 120)]\n    pub email");
    let shop = Shop::mariadb(&loose).at(server.url());
    shop.ok(&["generate", "-m", "add users"]);
    shop.ok(&["upgrade"]);
    shop.models(&loose.replace("Option<String>", "String"));
    shop.ok(&["generate", "-m", "emails are there", "--allow-loss", "users.email"]);
    stops_and_goes(&shop, &mut server.open());
}

/// Values are tried on the server, which a connection that only reads can do, too.
#[test]
fn values_that_a_cast_does_not_read_are_told_on_a_server() {
    let Some(server) = testing::postgres() else { return };
    let born = USER.replace("    pub email", "    pub born: String,\n    pub email");
    let shop = Shop::postgres(&born).at(server.url());
    shop.ok(&["generate", "-m", "add users"]);
    shop.ok(&["upgrade"]);
    let mut database = server.open();
    let rows = "INSERT INTO users (email, born) VALUES ('a', '2024-02-29'), ('b', '2023-02-29')";
    database.execute(rows).unwrap();
    shop.models(&born.replace(
        "    pub born: String",
        "    #[column(using = \"trim(born)::date\")]\n    pub born: chrono::NaiveDate",
    ));
    shop.ok(&["generate", "-m", "days", "--allow-loss", "users.born"]);
    let run = shop.run(&["check", "--database", "--allow-pending"]);
    assert_eq!(run.code, 3, "{run:?}");
    let found = "1 row of users has a value in born that does not fit into DATE";
    assert!(run.out.contains(found), "{run:?}");
    let run = shop.run(&["upgrade"]);
    assert!(run.err.contains(&format!("{found};")), "{}", run.err);
    database.execute("UPDATE users SET born = ' 2023-03-01 ' WHERE email = 'b'").unwrap();
    shop.ok(&["check", "--database", "--allow-pending"]);
    shop.ok(&["upgrade"]);
    let rows = database.rows("SELECT born::text FROM users ORDER BY email").unwrap();
    let text = |it: &str| Value::Text(it.to_owned());
    assert_eq!(rows, [[text("2024-02-29")], [text("2023-03-01")]]);
}

/// A rule that lets no two rows touch, or share ground, names what rows are in its way beforehand.
#[test]
fn rows_that_a_rule_keeps_apart_are_told_on_a_server() {
    let Some(server) = testing::postgres() else { return };
    let stay = "#[derive(Model)]\npub struct Stay {\n    pub id: i64,\n    pub days: (\
                std::ops::Bound<chrono::NaiveDate>, std::ops::Bound<chrono::NaiveDate>),\n    \
                #[column(sql_type = diesel::sql_types::Inet)]\n    pub net: String,\n}\n";
    let shop = Shop::postgres(stay).at(server.url());
    shop.ok(&["generate", "-m", "add stays"]);
    shop.ok(&["upgrade"]);
    let mut database = server.open();
    let rows = "INSERT INTO stays (days, net) VALUES ('[2024-01-01,2024-01-03)', '10.1.0.0/16'), \
                ('[2024-01-02,2024-01-05)', '10.2.0.0/16'), ('[2024-01-05,)', '10.2.9.9')";
    database.execute(rows).unwrap();
    let apart = "#[model(exclude(name = \"breaks\", using = gist, days with \"-|-\"))]\n\
                 #[model(exclude(name = \"own_nets\", using = gist, net inet_ops with \"&&\"))]\n\
                 pub struct";
    shop.models(&stay.replace("pub struct", apart));
    shop.ok(&["generate", "-m", "stays are apart"]);
    let run = shop.run(&["check", "--database", "--allow-pending"]);
    assert_eq!(run.code, 3, "{run:?}");
    let found = |name: &str| format!("1 row of stays conflicts with others by {name}");
    assert!(run.out.contains(&found("breaks")), "{run:?}");
    assert!(run.out.contains(&found("own_nets")), "{run:?}");
    let run = shop.run(&["upgrade"]);
    assert!(run.err.contains(&format!("has changed nothing: {}", found("breaks"))), "{run:?}");
    database.execute("UPDATE stays SET days = '[2024-01-06,)' WHERE net = '10.2.9.9'").unwrap();
    let run = shop.run(&["upgrade"]);
    assert!(run.err.contains(&format!("has changed nothing: {}", found("own_nets"))), "{run:?}");
    database.execute("UPDATE stays SET net = '10.3.0.0' WHERE net = '10.2.9.9'").unwrap();
    shop.ok(&["check", "--database", "--allow-pending"]);
    shop.ok(&["upgrade"]);
    let rows = database.rows("SELECT count(*) FROM stays").unwrap();
    assert_eq!(rows[0][0].as_count(), Some(3));
    assert!(database.execute("INSERT INTO stays (days, net) SELECT days, net FROM stays").is_err());
}

#[test]
fn what_hangs_on_a_pending_revision_is_asked_later() {
    let shop = Shop::new(LOOSE).at("shop.db");
    shop.ok(&["generate", "-m", "add users"]);
    shop.models(UNIQUE);
    shop.ok(&["generate", "-m", "emails are unique", "--allow-loss", "users.email"]);
    shop.database();
    let run = shop.ok(&["check", "--database", "--allow-pending"]);
    let later = format!(
        "whether rows of users have no email can only be asked when what is pending before `{}` \
         is applied",
        shop.revisions()[1]
    );
    assert!(run.err.contains(&later), "{run:?}");
    // A person can write one, too.
    shop.ok(&["upgrade"]);
    shop.write(
        "migrations/2090-01-01-000000_by_hand/up.sql",
        "-- guard: users are odd\nSELECT json_extract('{}', n || ' users are odd')\nFROM \
         (SELECT count(*) AS n FROM users WHERE email = 'odd') WHERE n > 0;\n\
         UPDATE users SET email = lower(email);",
    );
    shop.ok(&["check", "--database", "--allow-pending"]);
    shop.execute("INSERT INTO users (email) VALUES ('odd')");
    let run = shop.run(&["check", "--database", "--allow-pending"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.out.contains("1 user is odd"), "{run:?}");
}

#[test]
fn going_back_counts_what_it_would_lose() {
    let shop = Shop::with_users().at("shop.db");
    let with_role = USER_WITH_BIO.replace(
        "    pub bio",
        "    #[column(default = \"'member'\")]\n    pub role: String,\n    pub bio",
    );
    shop.models(&with_role);
    shop.ok(&["generate", "-m", "add bio and role"]);
    shop.models(&with_role.replace("pub bio", "pub about"));
    shop.ok(&["generate", "-m", "bio is about", "--rename", "users.bio:about"]);
    shop.ok(&["upgrade"]);
    let [users, bio, about] = &shop.revisions()[..] else { panic!() };
    let rows = "INSERT INTO users (email, about, role) VALUES ('a', 'x', 'member'), \
                ('b', NULL, 'admin'), ('c', 'y', 'member')";
    shop.execute(rows);
    // A rename loses nothing, and a revision that lies behind one is counted under the new name.
    shop.ok(&["downgrade", "-1"]);
    shop.ok(&["upgrade"]);
    let run = shop.run(&["downgrade", "base"]);
    assert_eq!(run.code, 5, "{run:?}");
    let expected = format!(
        "error: downgrading {bio} would lose 2 values of users.bio\n\
         error: downgrading {bio} would lose 1 value of users.role\n\
         error: downgrading {users} would lose 3 rows of users\n\
         error: nothing was reverted: where that is meant, run it again with --allow-loss users \
         --allow-loss users.bio --allow-loss users.role\n"
    );
    assert_eq!(run.err, expected);
    let run = shop.run(&["downgrade", "-2", "--allow-loss", "users.role"]);
    assert_eq!(run.code, 5, "{run:?}");
    assert!(shop.ok(&["current"]).out.starts_with(about.as_str()));
    assert_eq!(shop.rows("SELECT about AS value FROM users").len(), 3);
    shop.ok(&["downgrade", "-2", "--allow-loss", "users.role", "--allow-loss", "users.bio"]);
    assert_eq!(shop.columns("users"), ["email", "id"]);
    // Values that a default gave come again by themselves.
    shop.ok(&["upgrade"]);
    shop.ok(&["downgrade", "-2"]);
    // A table stands for its columns.
    shop.ok(&["upgrade"]);
    shop.execute("UPDATE users SET about = 'z'");
    shop.ok(&["downgrade", "base", "--allow-loss", "users"]);
    assert!(shop.columns("users").is_empty());
}

#[test]
fn going_back_counts_on_a_server() {
    let Some(server) = testing::postgres() else { return };
    let shop = Shop::postgres(USER).at(server.url());
    shop.ok(&["generate", "-m", "add users"]);
    shop.models(USER_WITH_BIO);
    shop.ok(&["generate", "-m", "add bio"]);
    shop.ok(&["upgrade"]);
    server.open().execute("INSERT INTO users (email, bio) VALUES ('a', 'x'), ('b', NULL)").unwrap();
    let run = shop.run(&["downgrade"]);
    assert_eq!(run.code, 5, "{run:?}");
    assert!(run.err.contains("would lose 1 value of users.bio\n"), "{}", run.err);
    let run = shop.run(&["redo"]);
    assert_eq!(run.code, 5, "{run:?}");
    assert_eq!(server.open().rows("SELECT bio FROM users").unwrap().len(), 2);
    shop.ok(&["downgrade", "--allow-loss", "users.bio"]);
}
