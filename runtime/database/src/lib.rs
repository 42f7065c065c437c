//! Live databases.
