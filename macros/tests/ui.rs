//! Mistakes of users and what they are told. `TRYBUILD=overwrite cargo test -p
//! diesel_autogen_macros --test ui` refreshes what is expected.

#[test]
fn mistakes_are_told_at_their_tokens() {
    trybuild::TestCases::new().compile_fail("tests/ui/*/*.rs");
}
