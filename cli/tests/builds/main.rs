//! What cargo says about packages that use the derives, and that the program says the same: real
//! packages are built, beside migrations that the program wrote for them.
//!
//! They are built into the folder that the repository itself is built into, with the features that
//! it uses, so that Diesel is compiled once; packages that can be built together are.

mod agreement;
mod cover;
mod embedded;
mod kinds;
mod readme;
mod retired;
mod schema_file;
mod watch;
mod workspace;
