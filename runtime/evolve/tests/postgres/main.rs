//! Plans for PostgreSQL, run on PostgreSQL: structure and rows after up, down and up again.

mod blocked;
mod columns;
mod computed;
mod enums;
mod guards;
mod harness;
mod indexes;
mod names;
mod order;
mod rules;
mod schemas;
mod tables;
mod types;
