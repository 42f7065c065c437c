//! The command line from outside.

mod commands;
mod hostile;
mod interop;
mod source;
mod startup;
mod tidy;
