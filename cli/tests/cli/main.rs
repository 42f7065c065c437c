//! The command line from outside.

mod commands;
mod hostile;
mod interop;
mod pictures;
mod source;
mod startup;
mod tidy;
