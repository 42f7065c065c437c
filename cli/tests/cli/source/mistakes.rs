//! Every mistake at its place, and all of them at once.

use super::{Package, model, place};

#[test]
fn all_mistakes_of_all_files_are_told_in_order() {
    let package = Package::new(&[
        ("src/lib.rs", "mod a; mod b; mod gone;"),
        (
            "src/a.rs",
            "#[derive(Model)]\npub struct A {\n    pub id: i64,\n    pub x: Thing,\n    pub y: Other,\n}",
        ),
        (
            "src/b.rs",
            "#[derive(Model)]\n#[model(indx(id))]\npub struct B {\n    pub id: i64,\n    #[column(uniqe)]\n    pub x: i32,\n}",
        ),
    ]);
    let errors = package.errors();
    let places: Vec<&str> = errors.iter().filter_map(|error| error.split(": ").next()).collect();
    assert_eq!(
        places,
        ["src/a.rs:4:12", "src/a.rs:5:12", "src/b.rs:2:9", "src/b.rs:5:14", "src/lib.rs:1:19"],
        "{errors:#?}"
    );
    assert!(errors[2].contains("did you mean `index`?"));
    assert!(errors[3].contains("did you mean `unique`?"));
}

#[test]
fn columns_are_counted_in_characters() {
    let text = model("User", "/* äöü€ */ pub x: Thing");
    let package = Package::new(&[("src/lib.rs", &text)]);
    let there = format!("src/lib.rs:{}: ", place(&text, "Thing"));
    assert!(package.error().starts_with(&there), "{}", package.error());
}

#[test]
fn the_mistake_of_a_model_is_not_told_again_by_those_that_refer_to_it() {
    let text = model("Team", "pub x: &'static str")
        + &model("User", "#[column(references = teams::id)] pub team_id: i64");
    let package = Package::new(&[("src/lib.rs", &text)]);
    assert!(package.error().contains("a model owns its values"));
}

#[test]
fn a_default_is_checked_against_the_labels_of_another_file() {
    let package = Package::new(&[
        (
            "src/lib.rs",
            &format!(
                "mod t;\n{}",
                model("User", "#[column(default = \"'admn'\")] pub role: t::Role")
            ),
        ),
        ("src/t.rs", "#[derive(DbEnum)] pub enum Role { Admin }"),
    ]);
    let error = package.error();
    assert!(
        error.starts_with("src/lib.rs:2:") && error.contains("did you mean `admin`?"),
        "{error}"
    );
}

#[test]
fn a_type_that_is_called_like_one_of_diesels_is_refused() {
    let package = Package::new(&[
        (
            "src/lib.rs",
            &format!(
                "mod t;\nuse t::Value;\n#[derive(DbEnum)] pub enum Date {{ Soon }}\n{}",
                model("User", "pub settings: Value, pub due: Option<Date>, pub other: t::Time")
            ),
        ),
        ("src/t.rs", "pub struct Value; pub struct Time; pub struct String;"),
    ]);
    let errors = package.errors();
    let [value, date] = &errors[..] else { panic!("two of them: {errors:#?}") };
    assert!(value.contains("`Value` is your own type here (src/t.rs:1:12)"), "{value}");
    assert!(date.contains("`Date` is your own type here (src/lib.rs:3:28)"), "{date}");
}

#[test]
fn a_file_that_is_no_rust_is_told_in_words() {
    let package =
        Package::new(&[("src/lib.rs", "#[derive(Model)]\npub struct A {\n  pub id: i64")]);
    assert_eq!(
        package.error(),
        "src/lib.rs:2:14: a bracket or a quote that begins here or later has no end, so the file \
         cannot be read"
    );
}

/// A program that writes programs knows no bounds.
#[test]
fn what_is_nested_deeply_is_read() {
    let shop = crate::commands::shop::Shop::with_users();
    let (open, close) = ("(".repeat(2_000), ")".repeat(2_000));
    let options = format!("{}i32{}", "Option<".repeat(200), ">".repeat(200));
    shop.models(&format!(
        "{}\npub fn deep(_: {options}) -> i32 {{ {open}1{close} }}\n",
        crate::commands::shop::USER
    ));
    assert!(shop.ok(&["check"]).out.contains("in sync"));
}
