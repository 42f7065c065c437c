//! Files of modules, by rustc's rules.

use super::{Package, model, place};

#[test]
fn modules_lie_where_rustc_looks_for_them() {
    let package = Package::new(&[
        ("src/lib.rs", "mod flat; mod nested; mod r#type; mod inline { mod inner; }"),
        ("src/flat.rs", "mod child;"),
        ("src/flat/child.rs", &model("FlatChild", "")),
        ("src/nested/mod.rs", "mod child;"),
        ("src/nested/child.rs", &model("NestedChild", "")),
        ("src/type.rs", &model("Raw", "")),
        ("src/inline/inner.rs", "mod leaf { mod last; }"),
        ("src/inline/inner/leaf/last.rs", &model("Last", "")),
        ("src/unused.rs", &model("Unused", "")),
    ]);
    assert_eq!(package.tables(), ["flat_childs", "lasts", "nested_childs", "raws"]);
}

#[test]
fn path_attributes_are_relative_as_in_rustc() {
    let package = Package::new(&[
        (
            "src/lib.rs",
            "mod a; #[path = \"elsewhere/b.rs\"] mod b; #[path = \"named\"] mod c { mod d; }",
        ),
        // In a file that is no `mod.rs`: beside the file at its top, below its name inside.
        ("src/a.rs", "#[path = \"beside.rs\"] mod x; mod inline { #[path = \"below.rs\"] mod y; }"),
        ("src/beside.rs", &model("Beside", "")),
        ("src/a/inline/below.rs", &model("Below", "")),
        // A file that `#[path]` names is like a `mod.rs`.
        ("src/elsewhere/b.rs", "mod child; #[path = \"../up.rs\"] mod up;"),
        ("src/elsewhere/child.rs", &model("Child", "")),
        ("src/up.rs", &model("Up", "")),
        ("src/named/d.rs", &model("InNamed", "")),
    ]);
    assert_eq!(package.tables(), ["belows", "besides", "childs", "in_nameds", "ups"]);
}

#[test]
fn modules_follow_cfg_and_cfg_attr() {
    let package = Package::new(&[
        (
            "src/lib.rs",
            "#[cfg(test)] mod missing; \
             #[cfg_attr(not(test), path = \"real.rs\")] #[cfg_attr(test, path = \"no.rs\")] mod x; \
             mod off;",
        ),
        ("src/real.rs", &model("Real", "")),
        ("src/off.rs", &format!("#![cfg(test)] {}", model("Off", ""))),
    ]);
    assert_eq!(package.tables(), ["reals"]);
}

#[test]
fn a_module_without_a_file_names_both_places() {
    let package = Package::new(&[("src/lib.rs", "mod a;"), ("src/a.rs", "\npub mod gone;")]);
    assert_eq!(
        package.error(),
        "src/a.rs:2:9: mod gone: neither src/a/gone.rs nor src/a/gone/mod.rs exists"
    );
    package.write("src/a/gone.rs", "");
    package.write("src/a/gone/mod.rs", "");
    assert_eq!(
        package.error(),
        "src/a.rs:2:9: mod gone: both src/a/gone.rs and src/a/gone/mod.rs exist"
    );
    package.write("src/a.rs", "#[path = \"../x.rs\"] mod gone;");
    assert_eq!(package.error(), "src/a.rs:1:25: mod gone: there is no file x.rs");
}

#[test]
fn a_file_that_does_not_parse_is_told_with_its_place() {
    let package = Package::new(&[
        ("src/lib.rs", "mod a; mod b;"),
        ("src/a.rs", "struct Model {\n    x: ,\n}"),
        ("src/b.rs", "#[derive(Model)] struct }"),
    ]);
    let errors = package.errors();
    assert_eq!(errors.len(), 2, "{errors:#?}");
    assert!(errors[0].starts_with("src/a.rs:2:8: expected"), "{}", errors[0]);
    assert!(errors[1].starts_with("src/b.rs:1:25: "), "{}", errors[1]);
}

#[test]
fn included_files_stand_where_they_are_included() {
    let package = Package::new(&[
        (
            "src/lib.rs",
            "mod a; include!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/more/root.rs\")); \
             include!(concat!(env!(\"OUT_DIR\"), \"/made.rs\"));",
        ),
        ("src/a.rs", "use super::Role; include!(\"parts/user.rs\");"),
        ("src/parts/user.rs", &format!("mod deep; {}", model("User", "pub role: Role"))),
        ("src/parts/deep.rs", &model("Deep", "")),
        ("more/root.rs", "#[derive(DbEnum)] pub enum Role { A }"),
    ]);
    assert_eq!(package.tables(), ["deeps", "users"]);
    package.write("src/a.rs", "\ninclude!(\"parts/none.rs\");");
    assert_eq!(package.error(), "src/a.rs:2:1: include!: there is no file src/parts/none.rs");
}

#[test]
fn a_file_that_contains_itself_is_an_error() {
    let package =
        Package::new(&[("src/lib.rs", "mod a;"), ("src/a.rs", "#[path = \"a.rs\"] mod again;")]);
    assert_eq!(package.error(), "src/a.rs:1:22: src/a.rs contains itself");
}

#[test]
fn a_model_inside_a_function_is_refused_outside_tests() {
    let inside = format!("pub fn f() {{ {} }}", model("Inner", ""));
    let package = Package::new(&[("src/lib.rs", &inside)]);
    let there = place(&inside, "Inner");
    let wanted = format!("src/lib.rs:{there}: the model Inner stands inside a function");
    assert!(package.error().starts_with(&wanted), "{}", package.error());
    package.write("src/lib.rs", &format!("#[test] {inside}"));
    assert_eq!(package.tables(), [""; 0]);
}

#[test]
fn a_file_without_models_need_not_parse() {
    let package = Package::new(&[
        ("src/lib.rs", &format!("mod broken; {}", model("User", ""))),
        ("src/broken.rs", "pub fn f( {"),
    ]);
    assert_eq!(package.tables(), ["users"]);
}
