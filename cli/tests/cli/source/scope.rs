//! What a path means where it stands.

use super::{Package, model, place, types};

const ROLE: &str = "#[derive(DbEnum)] pub enum Role { Admin }\n";

const OTHER_ROLE: &str =
    "#[derive(DbEnum)] #[db_enum(name = \"other_role\")] pub enum Role { A }\n";

/// Reads one model whose module has these lines and whose field has this type, beside `types.rs`
/// with `Role`, `role.rs` with another `Role` and `prelude.rs` that exports the first.
fn field(lines: &str, ty: &str) -> Package {
    Package::new(&[
        ("src/lib.rs", "mod models; mod types; mod role; mod prelude;"),
        ("src/models/mod.rs", "pub mod user;"),
        ("src/models/user.rs", &format!("{lines}\n{}", model("User", &format!("pub f: {ty}")))),
        (
            "src/types.rs",
            &format!(
                "{ROLE} pub use self::deep::Level; \
                 mod deep {{ #[derive(DbType)] pub struct Level(pub i16); }}"
            ),
        ),
        ("src/role.rs", OTHER_ROLE),
        ("src/prelude.rs", "pub use crate::types::{self, Role, Role as R};"),
    ])
}

fn read(lines: &str, ty: &str) -> String {
    types(&field(lines, ty).read()).concat()
}

#[test]
fn paths_are_followed() {
    assert_eq!(read("", "crate::types::Role"), "users.f: role");
    assert_eq!(read("", "Option<super::super::role::Role>"), "users.f: other_role");
    assert_eq!(read("use crate::types;", "types::Role"), "users.f: role");
    assert_eq!(read("use crate::types::Role;", "Role"), "users.f: role");
    assert_eq!(read("use crate::types::Role;", "self::Role"), "users.f: role");
    assert_eq!(
        read("use crate::{role::Role as Other, types::Role};", "Other"),
        "users.f: other_role"
    );
    assert_eq!(read("use crate::types as t;", "t::Role"), "users.f: role");
    assert_eq!(read("use crate::types::{self as t};", "t::Role"), "users.f: role");
}

#[test]
fn globs_and_re_exports_are_followed() {
    assert_eq!(read("use crate::types::*;", "Role"), "users.f: role");
    assert_eq!(read("use crate::prelude::*;", "R"), "users.f: role");
    assert_eq!(read("use crate::prelude::*;", "types::Level"), "users.f: SmallInt");
    assert_eq!(read("use crate::prelude::R as Mine;", "Mine"), "users.f: role");
    // A name of its own hides what a glob brings.
    assert_eq!(read("use crate::types::*; use crate::role::Role;", "Role"), "users.f: other_role");
}

#[test]
fn aliases_are_followed() {
    assert_eq!(read("type Mine = crate::types::Role;", "Mine"), "users.f: role");
    assert!(
        field("type Id = i64;", "Id").error().contains("stands for `i64`"),
        "what rustc's derive cannot see is refused here as well"
    );
}

#[test]
fn newtypes_nest() {
    let lines = "#[derive(DbType)] pub struct A(pub B); #[derive(DbType)] pub struct B(pub i16);";
    assert_eq!(read(lines, "A"), "users.f: SmallInt");
    let circle = "#[derive(DbType)] pub struct A(pub B); #[derive(DbType)] pub struct B(pub A);";
    assert!(field(circle, "A").error().contains("a newtype of itself"));
}

#[test]
fn a_newtype_is_looked_up_where_it_is_declared() {
    let package = Package::new(&[
        ("src/lib.rs", &format!("mod ids; use ids::Id; {}", model("User", "pub f: Id"))),
        (
            "src/ids.rs",
            "mod inner { #[derive(DbType)] pub struct Raw(pub i16); } use inner::Raw; \
                        #[derive(DbType)] pub struct Id(pub Raw);",
        ),
    ]);
    assert_eq!(types(&package.read()), ["users.f: SmallInt"]);
}

#[test]
fn two_globs_that_bring_one_name_are_refused() {
    assert_eq!(
        field("use crate::types::*; use crate::role::*;", "Role").error(),
        format!(
            "src/models/user.rs:2:{}: `Role` means 2 things here: src/role.rs:{} and \
             src/types.rs:{}; import the one that is meant",
            model("User", "pub f: Role").find("Role").expect("the type") + 1,
            place(OTHER_ROLE, "Role"),
            place(ROLE, "Role")
        )
    );
    // One thing by two ways is one thing.
    assert_eq!(read("use crate::types::*; use crate::prelude::*;", "Role"), "users.f: role");
}

#[test]
fn private_names_do_not_come_through_globs() {
    let package = Package::new(&[
        ("src/lib.rs", "mod a; mod b; mod c;"),
        (
            "src/a.rs",
            &format!("use crate::b::*; use crate::c::*; {}", model("User", "pub f: Role")),
        ),
        ("src/b.rs", "use crate::c::inner::Role;"),
        (
            "src/c.rs",
            &format!(
                "pub mod inner {{ #[derive(DbEnum)] #[db_enum(name = \"no\")] pub enum Role {{ A }} }} {ROLE}"
            ),
        ),
    ]);
    assert_eq!(types(&package.read()), ["users.f: role"]);
    // A child sees what its parent imports.
    package.write("src/b.rs", "");
    package.write("src/a.rs", "use crate::c::Role; mod child;");
    package.write("src/a/child.rs", &format!("use super::*; {}", model("User", "pub f: Role")));
    assert_eq!(types(&package.read()), ["users.f: role"]);
}

#[test]
fn imports_in_a_circle_end() {
    let package = Package::new(&[
        ("src/lib.rs", &format!("mod a; mod b; use a::*; {}", model("User", "pub f: Role"))),
        ("src/a.rs", "pub use crate::b::*; pub use super::*; pub use crate::b::Role as Loop;"),
        ("src/b.rs", "pub use crate::a::*; pub use crate::a::Loop; pub use self::Role as Role;"),
    ]);
    assert!(package.error().contains("no type `Role` is found"));
}

#[test]
fn a_file_that_was_put_off_is_read_when_its_name_is_asked_for() {
    let lib = format!("mod names; mod t; {}", model("User", "pub f: names::Mine"));
    let package = Package::new(&[
        ("src/lib.rs", &lib),
        ("src/names.rs", "use crate::t::Role; pub type Mine = Role;"),
        ("src/t.rs", ROLE),
    ]);
    assert_eq!(types(&package.read()), ["users.f: role"]);
    package.write("src/names.rs", "pub enum Mine { A }");
    assert_eq!(
        package.error(),
        format!(
            "src/lib.rs:{}: `names::Mine` (src/names.rs:1:10) has no SQL type: it needs \
             `#[derive(DbEnum)]`, or name one with `#[column(sql_type = …)]`",
            place(&lib, "names::Mine")
        )
    );
}

#[test]
fn types_without_a_derive_say_which_one_they_need() {
    let error = |lines: &str, ty: &str| field(lines, ty).error();
    assert!(error("pub struct Id(i64);", "Id").contains("needs `#[derive(DbType)]`"));
    assert!(error("pub enum Kind { A }", "Kind").contains("needs `#[derive(DbEnum)]`"));
    assert!(error("", "Role").contains("not in scope here; there is one at src/"));
    assert!(error("", "Rolle").contains("did you mean `Role`?"));
    assert!(error("", "User").contains("is a model"));
    assert!(error("", "std::net::Shutdown").contains("sources are not read"));
}

#[test]
fn a_mistake_in_a_type_is_told_once() {
    let errors = field("#[derive(DbEnum)] pub enum Kind {}", "Kind").errors();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert!(errors[0].contains("without variants"));
}

#[test]
fn path_dependencies_are_read_with_their_features() {
    let package = Package::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"shop\"\nedition = \"2024\"\n[features]\nbig = [\"shop-types/big\"]\n\
             [dependencies]\nshop-types = { path = \"types\", default-features = false }\n\
             renamed = { path = \"other\", package = \"other-types\" }\nserde = \"1\"\n\
             [workspace]\nmembers = [\"types\"]\nexclude = [\"other\"]\n",
        ),
        (
            "src/lib.rs",
            &format!(
                "use shop_types::ids::*; {}",
                model(
                    "User",
                    "pub a: shop_types::Role, pub b: UserId, pub c: ::renamed::Kind, \
                     #[column(references = shop_types::teams::key)] pub d: i64"
                )
            ),
        ),
        (
            "types/Cargo.toml",
            "[package]\nname = \"shop-types\"\nedition = \"2024\"\n[features]\ndefault = [\"big\"]\nbig = []\n",
        ),
        (
            "types/src/lib.rs",
            &format!(
                "pub mod ids; {ROLE} #[derive(Model)] #[diesel(primary_key(key))] \
                 #[model(sql_name = \"Teams\")] \
                 pub struct Team {{ #[column(sql_name = \"ID\")] #[diesel(column_name = key)] \
                 pub id: i64 }}"
            ),
        ),
        (
            "types/src/ids.rs",
            "#[cfg(feature = \"big\")] #[derive(DbType)] pub struct UserId(pub i64);
             #[cfg(not(feature = \"big\"))] #[derive(DbType)] pub struct UserId(pub i32);",
        ),
        (
            "other/Cargo.toml",
            "[package]\nname = \"other-types\"\nedition = \"2024\"\n[workspace]\n",
        ),
        ("other/src/lib.rs", "#[derive(DbEnum)] pub enum Kind { A }"),
    ]);
    let source = package.read();
    assert_eq!(
        types(&source),
        ["users.a: role", "users.b: Integer", "users.c: kind", "users.d: BigInt"]
    );
    let key = &super::table(&source, "users").foreign_keys[0];
    assert_eq!((key.table.as_ref(), key.references[0].as_ref()), ("Teams", "ID"));
    assert_eq!(source.schema.tables.len(), 1, "another package's tables are its own");
    let source = package.ask(|request| request.features.push("big".into())).read();
    assert!(types(&source).contains(&"users.b: BigInt".to_owned()));
}

#[test]
fn other_crates_are_named_when_they_are_needed() {
    let lib = format!("use serde::R as Role; {}", model("User", "pub f: Role"));
    let package = Package::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"shop\"\nedition = \"2024\"\n[dependencies]\nserde = \"1\"\n",
        ),
        ("src/lib.rs", &lib),
    ]);
    assert_eq!(
        package.error(),
        format!(
            "src/lib.rs:{}: `serde::R` is a type of a crate whose sources are not read: name its \
             SQL type with `#[column(sql_type = …)]`",
            place(&lib, "Role }")
        )
    );
}

#[test]
fn derives_of_strangers_are_not_ours() {
    let manifest = "[package]\nname = \"shop\"\nedition = \"2024\"\n\
                    [dependencies]\nsea = \"1\"\nautogen = { package = \"diesel_autogen\", version = \"1\" }\n";
    let text = "mod a { use sea::Model; #[derive(Model)] pub struct A<T>(T); } \
                mod b { #[derive(sea::Model)] pub struct B; } \
                mod c { use autogen::Model as Table; #[derive(Table)] pub struct C { id: i64 } } \
                mod d { #[derive(autogen::Model)] pub struct D { id: i64 } }";
    let package = Package::new(&[("Cargo.toml", manifest), ("src/lib.rs", text)]);
    assert_eq!(package.tables(), ["cs", "ds"]);
}
