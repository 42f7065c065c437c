//! A change is proved beside the tables that it can concern, unless somebody wrote or edited a
//! migration by hand; then the whole history is run. What comes of it is the same.

use super::shop::Shop;

const TEAM: &str = "#[derive(Model)]\npub struct Team { pub id: i64, pub name: String }\n";
const TAG: &str = "#[derive(Model)]\npub struct Tag { pub id: i64, \
                   #[column(unique)] pub word: String }\n";

fn user(table: &str, more: &str) -> String {
    format!(
        "#[derive(Model)]\n#[diesel(table_name = {table})]\npub struct User {{ pub id: i64, \
         #[column(index)] pub email: String, #[column(references = teams::id)] \
         pub team_id: i64, {more} }}\n"
    )
}

fn post(users: &str, more: &str) -> String {
    format!(
        "#[derive(Model)]\npub struct Post {{ pub id: i64, #[column(references = {users}::id, \
         on_delete = cascade)] pub user_id: i64, {more} }}\n"
    )
}

/// A package whose tables came one after the other, under other names and with other columns.
fn shop() -> Shop {
    let shop = Shop::new(&[TEAM, &user("people", ""), &post("people", "")].concat());
    shop.ok(&["generate", "-m", "add people and posts"]);
    shop.models(&[TEAM, TAG, &user("users", "pub nick: String"), &post("users", "")].concat());
    let nick = ["--rename", "people:users", "--allow-loss", "nothing"];
    let run = shop.run(&[&["generate", "-m", "add nicks"][..], &nick].concat());
    // A required column needs a value for existing rows.
    assert_eq!(run.code, 4, "{run:?}");
    let nick = "#[column(default = \"'?'\")] pub nick: String";
    shop.models(&[TEAM, TAG, &user("users", nick), &post("users", "")].concat());
    shop.ok(&["generate", "-m", "add nicks and tags", "--rename", "people:users"]);
    shop
}

/// What is said of a change, but for the time.
fn told(shop: &Shop, models: &str, arguments: &[&str]) -> String {
    shop.models(models);
    let run = [&["generate", "-m", "try it", "--dry-run"], arguments].concat();
    let mut told = shop.json(&run);
    let directory = told["revision"]["directory"].as_str().unwrap_or_default().to_owned();
    assert!(directory.ends_with("_try_it"), "{told:#}");
    told["revision"]["directory"] = "".into();
    // What lints found is in files of that name.
    format!("{told:#}").replace(&directory, "")
}

#[test]
fn what_is_proved_beside_a_part_is_proved_beside_the_whole() {
    let shop = shop();
    let nick = "#[column(default = \"'?'\")] pub nick: String,";
    let with = |more: &str| user("users", &format!("{nick} {more}"));
    let like = "#[derive(Model)]\npub struct Like { pub id: i64, \
                #[column(references = posts::id)] pub post_id: i64 }\n";
    let cases: Vec<(String, &[&str])> = vec![
        ([TEAM, TAG, &with("pub bio: Option<String>"), &post("users", "")].concat(), &[]),
        (
            [
                TEAM,
                TAG,
                &with("#[column(check = \"age > 0\")] pub age: Option<i32>"),
                &post("users", ""),
            ]
            .concat(),
            &[],
        ),
        ([TEAM, TAG, &with(""), &post("users", ""), like].concat(), &[]),
        ([TEAM, &with(""), &post("users", "")].concat(), &["--allow-loss", "tags"]),
        (
            [TEAM, TAG, &user("members", nick), &post("members", "")].concat(),
            &["--rename", "users:members"],
        ),
        (
            [
                &TEAM.replace("name: String", "name: Option<String>"),
                TAG,
                &with(""),
                &post("users", ""),
            ]
            .concat(),
            &[],
        ),
    ];
    let part: Vec<String> = cases.iter().map(|(models, more)| told(&shop, models, more)).collect();
    let file = format!("migrations/{}/metadata.toml", shop.revisions()[0]);
    let metadata = shop.read(&file);
    let checksum = metadata.lines().find(|line| line.starts_with("up = ")).unwrap();
    shop.write(&file, &metadata.replace(&format!("{checksum}\n"), ""));
    let whole: Vec<String> = cases.iter().map(|(models, more)| told(&shop, models, more)).collect();
    assert_eq!(part, whole);
}
