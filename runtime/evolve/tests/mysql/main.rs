//! Plans for MySQL and MariaDB, run on a server: structure and rows after up, down and up again.

mod columns;
mod enums;
mod flavours;
mod guards;
mod harness;
mod renames;
mod rules;
mod tables;
mod together;
