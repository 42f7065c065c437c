//! `cfg` and features.

use super::{Package, model, types};

const MANIFEST: &str = "[package]\nname = \"shop\"\nedition = \"2024\"\n\
                        [features]\ndefault = [\"base\"]\nbase = []\nextra = [\"deep\"]\ndeep = []\n";

fn package() -> Package {
    let gated = |name: &str, gate: &str| format!("#[cfg({gate})] {}", model(name, ""));
    Package::new(&[
        ("Cargo.toml", MANIFEST),
        (
            "src/lib.rs",
            &[
                gated("Base", "feature = \"base\""),
                gated("Deep", "all(feature = \"extra\", feature = \"deep\")"),
                gated("Plain", "not(feature = \"extra\")"),
                gated("Test", "test"),
                gated("Unknown", "from_a_build_script"),
            ]
            .concat(),
        ),
    ])
}

#[test]
fn features_are_those_that_are_asked_for() {
    assert_eq!(package().tables(), ["bases", "plains"]);
    let extra = package().ask(|request| request.features.push("extra".into()));
    assert_eq!(extra.tables(), ["bases", "deeps"]);
    let bare = package().ask(|request| request.no_default_features = true);
    assert_eq!(bare.tables(), ["plains"]);
    let all = package().ask(|request| request.all_features = true);
    assert_eq!(all.tables(), ["bases", "deeps"]);
    let list = package().ask(|request| {
        request.no_default_features = true;
        request.features.push("shop/base, extra".into());
    });
    assert_eq!(list.tables(), ["bases", "deeps"]);
}

#[test]
fn a_feature_that_is_not_there_is_an_error() {
    let package = package().ask(|request| request.features.push("extro".into()));
    assert_eq!(package.error(), "shop has no feature `extro`: did you mean `extra`?");
}

#[test]
fn fields_attributes_and_derives_follow_cfg() {
    let text = "
        #[cfg_attr(feature = \"base\", derive(Model), model(index(name)))]
        #[cfg_attr(feature = \"deep\", derive(Model), model(sql_name = \"no\"))]
        #[diesel(table_name = people)]
        pub struct User {
            pub id: i64,
            #[cfg_attr(all(), cfg_attr(feature = \"base\", column(unique)))]
            pub name: String,
            #[cfg(feature = \"extra\")]
            pub nick: i32,
            #[cfg(not(feature = \"extra\"))]
            pub nick: String,
        }
        #[cfg_attr(any(), derive(Model))]
        pub struct NoModel { pub x: std::sync::Mutex<i32> }
        #[derive(DbEnum)]
        pub enum Role { A, #[cfg(feature = \"extra\")] B }";
    let package = Package::new(&[("Cargo.toml", MANIFEST), ("src/lib.rs", text)]);
    let source = package.read();
    assert_eq!(types(&source), ["people.name: Text", "people.nick: Text"]);
    let people = super::table(&source, "people");
    assert_eq!(people.uniques.len(), 1);
    assert_eq!(people.indexes.len(), 1);
}

#[test]
fn variants_follow_cfg() {
    let text = "#[derive(DbEnum)] pub enum Role { A, #[cfg(feature = \"extra\")] B }\n".to_owned()
        + &model("User", "pub role: Role");
    let labels = |package: &Package| {
        let source = package.read();
        let role = super::table(&source, "users").column("role").expect("role").sql_type.clone();
        match role {
            diesel_autogen_schema::SqlType::Enum(of) => of.labels.len(),
            other => panic!("{other:?}"),
        }
    };
    let package = Package::new(&[("Cargo.toml", MANIFEST), ("src/lib.rs", &text)]);
    assert_eq!(labels(&package), 1);
    assert_eq!(labels(&package.ask(|request| request.all_features = true)), 2);
}

#[test]
fn a_cfg_that_cannot_be_read_is_an_error() {
    let text = format!("\n#[cfg(feature = 1)] {}", model("User", ""));
    let package = Package::new(&[("src/lib.rs", &text)]);
    assert_eq!(package.error(), "src/lib.rs:2:17: expected string literal");
}
