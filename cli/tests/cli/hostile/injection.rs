//! Names, labels, defaults and remarks that try to end the literal, the name or the comment that they
//! are in. Beside them is a table with a row, which nobody may touch.

use diesel_autogen_database::{Database, Value, testing};

use crate::commands::shop::Shop;

/// What each would do were it ever read as SQL.
const ATTACKS: [&str; 7] = [
    "a\"; DROP TABLE canary; --",
    "b`; DROP TABLE canary; --",
    "c'); DROP TABLE canary; --",
    "d */ DROP TABLE canary; /*",
    "e\nDROP TABLE canary; --",
    "f$$; DROP TABLE canary; $$",
    "g\\'; DROP TABLE canary; --",
];

/// A model of which every text is an attack; `late` are columns of the second revision.
fn models(attacks: &[&str], late: bool) -> String {
    let labels: Vec<String> = attacks
        .iter()
        .enumerate()
        .map(|(at, text)| format!("    #[db_enum(rename = {text:?})]\n    V{at},\n"))
        .collect();
    let columns = |prefix: &str| -> Vec<String> {
        let column = |(at, text): (usize, &&str)| {
            let default = format!("'{}'", text.replace('\'', "''").replace('\n', " "));
            let default = default.replace('\\', "/");
            let name = format!("{prefix}{text}");
            format!(
                "    #[column(sql_name = {name:?}, default = {default:?}, comment = {text:?}, \
                 max_length = 100)]\n    pub {prefix}{at}: String,\n"
            )
        };
        attacks.iter().enumerate().map(column).collect()
    };
    let second = if late { columns("y").concat() } else { String::new() };
    let name = attacks[0];
    let enumeration = format!("kind{name}");
    format!(
        "use diesel_autogen::DbEnum;\n\n#[derive(DbEnum)]\n#[db_enum(name = {enumeration:?})]\npub \
         enum Kind {{\n{}}}\n\n#[derive(Model)]\n#[diesel(table_name = things)]\n#[model(sql_name = \
         {name:?}, comment = {name:?})]\npub struct Thing {{\n    pub id: i64,\n    pub kind: Kind,\n{}{second}}}\n",
        labels.concat(),
        columns("x").concat(),
    )
}

fn run(
    shop: &Shop,
    open: impl Fn() -> Database,
    attacks: &[&str],
    quoted: impl Fn(&str) -> String,
) {
    open().execute("CREATE TABLE canary (id integer); INSERT INTO canary VALUES (7)").unwrap();
    let alive = |when: &str| {
        let rows = open().rows("SELECT id FROM canary").unwrap_or_default();
        assert_eq!(rows, [[Value::Integer(7)]], "{when}");
    };
    let names: Vec<Value> = attacks.iter().map(|it| Value::Text((*it).to_owned())).collect();
    shop.ok(&["generate", "-m", "add kinds and names"]);
    shop.ok(&["upgrade"]);
    alive("after the first revision");
    let table = quoted(attacks[0]);
    for label in attacks {
        let label = label.replace('\'', "''");
        let label = if quoted("") == "``" { label.replace('\\', "\\\\") } else { label };
        open().execute(&format!("INSERT INTO {table} (kind) VALUES ('{label}')")).unwrap();
    }
    shop.models(&models(attacks, true));
    shop.ok(&["generate", "-m", "add names to kinds"]);
    shop.ok(&["upgrade"]);
    shop.ok(&["check", "--database"]);
    for command in [&["history", "-v"][..], &["inspect"], &["verify"], &["lint", "--all"]] {
        let run = shop.run(command);
        assert!(matches!(run.code, 0 | 1), "{command:?}: {run:#?}");
    }
    alive("after everything was looked at");
    let kinds = format!("SELECT kind FROM {table} ORDER BY id");
    let kinds: Vec<Value> = open().rows(&kinds).unwrap().into_iter().flatten().collect();
    assert_eq!(kinds, names);
    shop.ok(&["downgrade", "-1"]);
    let count = open().rows(&format!("SELECT count(*) FROM {table}")).unwrap();
    assert_eq!(count, [[Value::Integer(attacks.len() as i64)]]);
    open().execute(&format!("DELETE FROM {table}")).unwrap();
    shop.ok(&["downgrade", "base"]);
    alive("after everything was taken back");
}

#[test]
fn nothing_gets_out_of_its_quotes_on_sqlite() {
    let shop = Shop::new(&models(&ATTACKS, false)).at("shop.db");
    run(&shop, || shop.database(), &ATTACKS, |name| format!("\"{}\"", name.replace('"', "\"\"")));
}

#[test]
fn nothing_gets_out_of_its_quotes_on_postgres() {
    let Some(server) = testing::postgres() else { return };
    let shop = Shop::postgres(&models(&ATTACKS, false)).at(server.url());
    run(&shop, || server.open(), &ATTACKS, |name| format!("\"{}\"", name.replace('"', "\"\"")));
}

#[cfg(feature = "mysql")]
#[test]
fn nothing_gets_out_of_its_quotes_on_mariadb() {
    let Some(server) = testing::mysql() else { return };
    let shop = Shop::mariadb(&models(&ATTACKS, false)).at(server.url());
    run(&shop, || server.open(), &ATTACKS, |name| format!("`{}`", name.replace('`', "``")));
}

/// An expression is the author's own SQL, but it is one expression.
#[test]
fn an_expression_that_does_not_end_is_refused() {
    for default in ["0); DROP TABLE canary; --", "0; DROP TABLE canary", "(0", "0 -- "] {
        let shop = Shop::new(&format!(
            "#[derive(Model)]\npub struct Thing {{\n    pub id: i64,\n    #[column(default = \
             {default:?})]\n    pub size: i32,\n}}\n"
        ));
        let before = shop.files();
        let run = shop.run(&["generate", "-m", "add kinds and names"]);
        assert_ne!(run.code, 0, "{default}: {run:#?}");
        assert!(run.err.contains("src/lib.rs:"), "{default}: {run:#?}");
        assert_eq!(shop.files(), before);
    }
}

/// Where a tool reads what somebody else wrote to disk.
#[test]
fn a_snapshot_or_record_that_was_tampered_with_runs_nothing() {
    let shop = Shop::with_users();
    let name = shop.revisions()[0].clone();
    let metadata = format!("migrations/{name}/metadata.toml");
    let (before, snapshot) = (shop.read(&metadata), shop.read("migrations/schema.toml"));
    for (from, to) in [
        ("email", "email\\\"); DROP TABLE canary; --"),
        ("users", "users\\n\\\"; DROP TABLE canary; --"),
    ] {
        shop.write(&metadata, &before.replace(from, to));
        let run = shop.run(&["check"]);
        assert!(matches!(run.code, 1 | 6), "{run:#?}");
        shop.write(&metadata, &before);
        shop.write("migrations/schema.toml", &snapshot.replace(from, to));
        let run = shop.run(&["generate", "-m", "add user names"]);
        assert!(matches!(run.code, 1 | 6), "{run:#?}");
        shop.write("migrations/schema.toml", &snapshot);
    }
    shop.ok(&["check"]);
}
