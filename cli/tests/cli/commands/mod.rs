//! The program itself, on packages in temporary directories and real SQLite files.

mod check;
mod concerned;
mod database;
mod generate;
mod graph;
mod hand;
mod init;
mod kill;
mod report;
pub(crate) mod shop;
pub(crate) mod team;
