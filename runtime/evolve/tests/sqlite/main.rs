//! Plans for SQLite, run on SQLite: structure and rows after up, down and up again.

mod adoption;
mod columns;
mod decisions;
mod guards;
mod harness;
mod indexes;
mod kept;
mod layout;
mod losses;
mod native;
mod renames;
mod tables;
mod together;
