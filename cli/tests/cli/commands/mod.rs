//! The program itself, on packages in temporary directories and real SQLite files.

#[cfg(unix)]
mod ask;
mod batches;
mod beside;
mod check;
mod concerned;
mod database;
#[cfg(unix)]
mod faults;
mod generate;
mod graph;
mod guards;
mod hand;
mod init;
mod integrity;
mod kill;
mod lint;
mod lock;
mod look;
mod merge;
#[cfg(feature = "mysql")]
mod mysql;
mod online;
mod online_back;
mod parallel;
mod predeploy;
mod rebase;
mod report;
mod retire;
mod retype;
mod retype_keys;
mod retype_labels;
mod retype_loss;
mod seed;
mod server;
mod shell;
pub(crate) mod shop;
mod squash;
mod stamp;
pub(crate) mod team;
mod three;
