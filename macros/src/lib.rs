//! Derive macros: quoting only.
