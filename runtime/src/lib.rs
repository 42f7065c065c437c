//! What a user crate depends on.
