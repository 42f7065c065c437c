//! The command line from outside.

mod commands;
mod flavours;
mod hostile;
mod interop;
mod pictures;
mod source;
mod startup;
mod tidy;
