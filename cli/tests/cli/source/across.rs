//! Foreign keys, and what only all tables together show.

use super::{Package, model, place, table};

fn lib(text: &str) -> Package {
    Package::new(&[("src/lib.rs", text)])
}

#[test]
fn references_become_sql_names() {
    let package = Package::new(&[
        ("src/lib.rs", "mod teams; mod users;"),
        (
            "src/teams.rs",
            "#[derive(Model)] #[model(sql_name = \"Group\")] #[diesel(primary_key(r#type, nr))]
             pub struct Team { #[column(sql_name = \"Kind\")] pub r#type: i32, pub nr: i64 }",
        ),
        (
            "src/users.rs",
            "use crate::teams::teams;
             #[derive(Model)]
             #[model(foreign_key(columns(a, b), references = teams(r#type, nr)))]
             pub struct User {
                 pub id: i64,
                 pub a: i32,
                 pub b: i64,
                 #[column(references = users::id)]
                 pub boss: Option<i64>,
             }",
        ),
    ]);
    let source = package.read();
    let keys = &table(&source, "users").foreign_keys;
    assert_eq!(keys[0].name, "users_a_b_fkey");
    assert_eq!(keys[0].table, "Group");
    assert_eq!(*keys[0].references, ["Kind", "nr"]);
    assert_eq!((keys[1].table.as_ref(), keys[1].references[0].as_ref()), ("users", "id"));
}

#[test]
fn a_target_that_is_not_there_is_told_at_the_reference() {
    let user = |reference: &str| {
        model("User", &format!("#[column(references = {reference})] pub team_id: i64"))
    };
    let error = |reference: &str| lib(&(model("Team", "") + &user(reference))).error();
    assert_eq!(
        error("teems::id"),
        "src/lib.rs:2:71: no model has the table `teems`: did you mean `teams`?"
    );
    assert_eq!(
        error("teams::ide"),
        "src/lib.rs:2:78: `teams` has no column `ide`: did you mean `id`?"
    );
    let inside = format!("mod a {{ {} }} {}", model("Team", ""), user("teams::id"));
    let there = format!("there is one at src/lib.rs:{}: import it", place(&inside, "Team"));
    let error = lib(&inside).error();
    assert!(error.ends_with(&format!("`teams` is not in scope here; {there}")), "{error}");
}

#[test]
fn a_target_of_another_type_or_that_is_not_unique_is_refused() {
    let text = |target: &str, ty: &str| {
        model("Team", "#[column(unique)] pub code: String, pub name: String")
            + &model("User", &format!("\n#[column(references = teams::{target})]\npub team: {ty}"))
    };
    assert_eq!(lib(&text("code", "String")).tables(), ["teams", "users"]);
    assert_eq!(
        lib(&text("id", "i32")).error(),
        "src/lib.rs:4:5: `users.team` is Integer and refers to `teams.id`, which is BigInt"
    );
    assert_eq!(
        lib(&text("name", "String")).error(),
        "src/lib.rs:4:5: no foreign key can refer to `teams(name)`, which is neither the primary \
         key nor unique"
    );
}

#[test]
fn a_table_of_two_models_is_refused_with_both_places() {
    let user = model("User", "");
    let person = "#[derive(Model)] #[diesel(table_name = Users)] pub struct Person { id: i64 }";
    let package =
        Package::new(&[("src/lib.rs", "mod a; mod b;"), ("src/a.rs", &user), ("src/b.rs", person)]);
    assert_eq!(
        package.error(),
        format!(
            "src/b.rs:{}: table `Users` is declared twice: the other one is at src/a.rs:{}",
            place(person, "Person"),
            place(&user, "User")
        )
    );
}

#[test]
fn index_names_are_shared_by_all_tables() {
    let indexed = |name: &str, index: &str| {
        model(name, &format!("#[column(index(name = \"{index}\"))] pub x: i32"))
    };
    let error = lib(&(indexed("A", "by_x") + &indexed("B", "By_X"))).error();
    assert!(error.contains("index `By_X` is declared twice"), "{error}");
    let error = lib(&(indexed("A", "bs") + &indexed("B", "by_x"))).error();
    assert!(error.contains("name `bs` of a table and an index"), "{error}");
}
