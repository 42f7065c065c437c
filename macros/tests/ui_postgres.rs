//! Mistakes of users of PostgreSQL and what they are told; `ui.rs` says how to refresh that.

#[test]
fn mistakes_are_told_at_their_tokens() {
    // SAFETY: this is the only test of the program, and nothing else reads the environment yet.
    unsafe { std::env::set_var("DIESEL_AUTOGEN_TEST_BACKEND", "postgres") };
    trybuild::TestCases::new().compile_fail("tests/ui/postgres/*.rs");
}
