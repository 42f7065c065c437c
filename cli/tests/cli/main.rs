//! The command line from outside.

mod commands;
mod drift;
mod interop;
mod source;
mod tidy;
