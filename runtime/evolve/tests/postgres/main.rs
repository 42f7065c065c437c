//! Plans for PostgreSQL, run on PostgreSQL: structure and rows after up, down and up again.

mod columns;
mod enums;
mod harness;
mod rules;
mod tables;
mod types;
