//! The command line from outside.

mod source;
