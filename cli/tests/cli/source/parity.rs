//! What the reader reads is what rustc compiled.

use std::path::Path;

use cli::source::{Request, read};
use diesel_autogen_schema::Schema;

#[test]
fn the_shop_is_read_as_it_is_compiled() {
    let manifest_path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/shop/Cargo.toml");
    let request = Request { manifest_path: Some(manifest_path), ..Request::default() };
    let source = read(&request).expect("models");
    let compiled = shop::SCHEMA.clone().canonical();
    let names = |schema: &Schema| -> Vec<String> {
        schema.tables.iter().map(|table| table.name.to_string()).collect()
    };
    assert_eq!(names(&source.schema), names(&compiled));
    for (read, compiled) in source.schema.tables.iter().zip(compiled.tables.iter()) {
        assert_eq!(format!("{read:#?}"), format!("{compiled:#?}"), "{}", read.name);
    }
}
