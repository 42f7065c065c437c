//! From changes to SQL.
pub mod revision;
