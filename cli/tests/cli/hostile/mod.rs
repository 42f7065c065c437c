//! What somebody with bad intentions, or bad luck, may put where we read.

mod injection;
mod parsers;
mod secrets;
