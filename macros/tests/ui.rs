//! Mistakes of users and what they are told. `TRYBUILD=overwrite cargo test -p
//! diesel_autogen_macros --test ui` refreshes what is expected.

use std::fs;

#[test]
fn mistakes_are_told_at_their_tokens() {
    let cases = trybuild::TestCases::new();
    let mut count = 0;
    for topic in fs::read_dir("tests/ui").unwrap() {
        let topic = topic.unwrap().file_name().into_string().unwrap();
        // Those have an engine of their own: see `ui_postgres.rs` and `ui_mysql.rs`.
        if !["postgres", "mysql"].contains(&&*topic) {
            count += fs::read_dir(format!("tests/ui/{topic}")).unwrap().count() / 2;
            cases.compile_fail(format!("tests/ui/{topic}/*.rs"));
        }
    }
    assert!(count >= 100, "{count} cases were found");
}
