//! What builds say about models and the migrations that the program wrote for them.

mod agreement;
mod watch;
mod workspace;
