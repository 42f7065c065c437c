//! The command line from outside.

mod commands;
mod interop;
mod source;
mod startup;
mod tidy;
