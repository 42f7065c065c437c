//! A package's migrations on disk: what is there, and how more of it is written.

pub mod directory;
pub mod manifest;
mod stamp;
pub mod write;

pub use stamp::stamp;
