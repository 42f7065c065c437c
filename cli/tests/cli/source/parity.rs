//! What the reader reads is what rustc compiled. The stories have a test of their own beside them.

use std::path::Path;

use cli::source::{Request, read};
use diesel_autogen_schema::Schema;

/// Reads a fixture; `default_features` as cargo's flag has it.
fn reading(fixture: &str, default_features: bool) -> Schema {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(fixture);
    let request = Request {
        manifest_path: Some(folder.join("Cargo.toml")),
        no_default_features: !default_features,
        ..Request::default()
    };
    read(&request).expect("models").schema
}

fn assert_same(read: &Schema, compiled: &Schema) {
    let compiled = compiled.clone().canonical();
    let names = |schema: &Schema| -> Vec<String> {
        schema.tables.iter().map(|table| table.name.to_string()).collect()
    };
    assert_eq!(names(read), names(&compiled));
    for (read, compiled) in read.tables.iter().zip(compiled.tables.iter()) {
        assert_eq!(format!("{read:#?}"), format!("{compiled:#?}"), "{}", read.name);
    }
}

#[test]
fn the_quickstart_is_read_as_it_is_compiled() {
    assert_same(&reading("quickstart", true), &quickstart::SCHEMA);
}

#[test]
fn models_beside_a_schema_file_are_read_as_they_are_compiled() {
    assert_same(&reading("existing", true), &existing::SCHEMA);
}

#[test]
fn the_shop_is_read_as_it_is_compiled() {
    assert_same(&reading("shop", true), &shop::SCHEMA);
}

#[test]
fn the_warehouse_is_read_as_it_is_compiled() {
    assert_same(&reading("warehouse", true), &warehouse::SCHEMA);
}

#[test]
fn fields_of_features_that_are_off_are_not_read() {
    let mut compiled = shop::SCHEMA.clone();
    for table in compiled.tables.to_mut() {
        table.columns.to_mut().retain(|column| column.name != "points");
    }
    assert_ne!(compiled, shop::SCHEMA);
    assert_same(&reading("shop", false), &compiled);
}
