//! The `diesel-autogen` command.

fn main() {}
