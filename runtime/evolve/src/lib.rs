//! From changes to SQL.
