//! Questions at a terminal.

use std::process::Command;

use rexpect::process::wait::WaitStatus;
use rexpect::session::{PtySession, spawn_command};

use super::shop::Shop;

const DOWN: &str = "\u{1b}[B";
const ENTER: &str = "\r";
const ESCAPE: &str = "\u{1b}";

const PERSON: &str = "#[derive(Model)]\npub struct Person {\n    pub id: i64,\n    \
                      #[column(unique)]\n    pub mail: String,\n    pub name: String,\n    \
                      pub bio: Option<String>,\n}\n";
const USER: &str = "#[derive(Model)]\npub struct User {\n    pub id: i64,\n    \
                    #[column(unique)]\n    pub email: String,\n    pub full_name: String,\n    \
                    pub slug: String,\n    pub born: Option<i32>,\n    pub bio: Option<String>,\n}\n";

/// The program at a terminal.
fn asked(shop: &Shop, arguments: &[&str]) -> PtySession {
    let mut command = Command::new(env!("CARGO_BIN_EXE_diesel-autogen"));
    command.args(arguments).current_dir(shop.path()).env_remove("DATABASE_URL");
    command.env("NO_COLOR", "1").env("TERM", "xterm");
    spawn_command(command, Some(60_000)).unwrap()
}

fn ends(mut session: PtySession, code: i32) -> String {
    let rest = session.exp_eof().unwrap();
    let status = session.process_mut().wait().unwrap();
    assert!(matches!(status, WaitStatus::Exited(_, own) if own == code), "{status:?}: {rest}");
    rest
}

fn answer(session: &mut PtySession, question: &str, choice: &str, keys: &str) {
    session.exp_string(question).unwrap();
    session.exp_string(choice).unwrap();
    session.send(keys).unwrap();
    session.flush().unwrap();
}

fn with_people() -> Shop {
    let shop = Shop::new(PERSON);
    shop.ok(&["generate", "-m", "add people"]);
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    shop.execute("INSERT INTO persons (mail, name, bio) VALUES ('a@b.c', 'Ada', 'x')");
    shop
}

#[test]
fn a_table_its_columns_and_values_for_rows_are_asked_for_one_after_the_other() {
    let shop = with_people();
    shop.models(USER);
    let mut session = asked(&shop, &["generate", "-m", "people are users"]);
    let table = "table `persons` is gone and `users` is new";
    answer(&mut session, table, "it is called users now", ENTER);
    // The likeliest is the first, by its name and by the rule over it; what is taken is not offered.
    answer(&mut session, "`persons.mail` is gone and `email`", "it is called email now", ENTER);
    let name = "`persons.name` is gone and `full_name` or `slug` is new";
    answer(&mut session, name, "it is called full_name now", ENTER);
    answer(&mut session, "`users.slug` is new and required", "fill the rows by SQL", ENTER);
    session.exp_string("SQL for users.slug").unwrap();
    session.send_line("'none'").unwrap();
    let rest = ends(session, 0);
    let flags = "--rename persons:users --rename persons.mail:email --rename persons.name:full_name \
                 --backfill 'users.slug='\\''none'\\'";
    assert!(rest.replace("\r\n", "\n").contains(flags), "{rest}");
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    let sql = "SELECT email || full_name || slug || bio AS value FROM users";
    assert_eq!(shop.rows(sql), [Some("a@b.cAdanonex".to_owned())]);
    shop.ok(&["check"]);
    // The flags say the same.
    let other = with_people();
    other.models(USER);
    let words: Vec<String> = shell_words::split(flags).unwrap();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    other.ok(&[&["generate", "-m", "people are users"][..], &words].concat());
    let sql = |shop: &Shop| shop.read(&format!("migrations/{}/up.sql", shop.revisions()[1]));
    assert_eq!(sql(&other), sql(&shop));
}

#[test]
fn what_goes_may_be_kept_and_who_stops_writes_nothing() {
    let shop = with_people();
    shop.models(&PERSON.replace("    pub bio: Option<String>,\n", ""));
    let files = shop.files();
    let question = "`persons.bio` would lose data";
    for keys in [ESCAPE, &[DOWN, DOWN, ENTER].concat()] {
        let mut session = asked(&shop, &["generate", "-m", "drop bio"]);
        answer(&mut session, question, "stop, and write nothing", keys);
        let rest = ends(session, 5);
        assert!(rest.contains("nothing was written"), "{rest}");
        assert_eq!(shop.files(), files);
    }
    let mut session = asked(&shop, &["generate", "-m", "retire bio"]);
    answer(&mut session, question, "stop, and write nothing", ENTER);
    let rest = ends(session, 0);
    assert!(rest.contains("--retire persons.bio"), "{rest}");
    shop.ok(&["upgrade", "--database-url", "shop.db"]);
    let sql = "SELECT deprecated_bio AS value FROM persons";
    assert_eq!(shop.rows(sql), [Some("x".to_owned())]);
    // A program is not asked.
    shop.models(
        &PERSON
            .replace("    pub name: String,\n", "")
            .replace("    pub bio: Option<String>,\n", ""),
    );
    let session = asked(&shop, &["generate", "-m", "drop name", "--format", "json"]);
    let rest = ends(session, 5);
    assert!(!rest.contains("keep it for now under another name\r\n❯"), "{rest}");
}
