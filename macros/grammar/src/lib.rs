//! From `syn` to facts.
