//! Mistakes of users of MySQL and MariaDB and what they are told; `ui.rs` says how to refresh that.

use std::fs;

#[test]
fn mistakes_are_told_at_their_tokens() {
    // SAFETY: this is the only test of the program, and nothing else reads the environment yet.
    unsafe { std::env::set_var("DIESEL_AUTOGEN_TEST_BACKEND", "mysql") };
    let files = fs::read_dir("tests/ui/mysql").unwrap().map(|file| file.unwrap().path());
    let count = files.filter(|file| file.extension().is_some_and(|it| it == "rs")).count();
    assert!(count >= 50, "{count} cases were found");
    trybuild::TestCases::new().compile_fail("tests/ui/mysql/*.rs");
}
