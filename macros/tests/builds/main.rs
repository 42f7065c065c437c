//! What users' builds say.

mod drift;
mod package;
mod schema_file;
