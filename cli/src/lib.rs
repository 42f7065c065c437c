//! Commands, files on disk and the source reader; `main.rs` is only the door.
