//! The rules, one file each, and what they share.

mod backfill_under_lock;
mod bad_allow;
mod cannot_run_in_transaction;
mod cascades_to_objects;
mod char_type;
mod check_validated;
mod concurrent_in_transaction;
mod concurrent_leftover;
mod concurrent_not_alone;
mod constraint_builds_index;
mod copies_table;
mod counted_column_rewrites;
mod covered_index;
mod creates_extension;
mod data_and_schema;
mod default_not_constant;
mod default_rewrites;
mod deletes_cascade;
mod disables_trigger;
mod drop_index_not_concurrent;
mod drops_column;
mod drops_not_null;
mod drops_table;
mod drops_used_column;
mod duplicate_index;
mod edited_after_generation;
mod enum_reordered;
mod enum_value_in_transaction;
mod exclusion_constraint;
mod foreign_key_charset;
mod foreign_key_checked;
mod foreign_key_type_mismatch;
mod foreign_key_validated;
mod foreign_key_without_index;
mod if_not_exists;
mod index_not_concurrent;
mod int_primary_key;
mod json_type;
mod locks_by_hand;
mod meaningless_message;
mod mixed_case_name;
mod money_type;
mod moves;
mod moves_table;
mod name_too_long;
mod nested_transaction;
mod new_enum_value_used;
mod no_lock_timeout;
mod no_primary_key;
mod no_way_back;
mod no_where;
mod not_atomic;
mod not_null_scans;
mod not_null_without_value;
mod partition_locks;
mod pragma_in_transaction;
mod rebuild_with_foreign_keys;
mod refresh_not_concurrent;
mod reindex_not_concurrent;
mod renames_column;
mod renames_enum_value;
mod renames_table;
mod reserved_name;
mod same_up_and_down;
mod separate_alters;
mod serial_type;
mod several_tables_locked;
mod shared;
mod storage_engine;
mod stored_column_rewrites;
#[cfg(test)]
mod tests;
mod timestamp_without_zone;
mod transaction_not_said;
mod truncates;
mod type_change_rewrites;
mod type_narrows;
mod unfinished_transaction;
mod unique_on_rows;
mod unreadable;
mod unused_allow;
mod utf8mb3;
mod vacuum_full;
mod validated_in_same_transaction;
mod varchar_limit;
mod writable_schema;

use diesel_autogen_schema::config::Level;
use diesel_autogen_schema::{Algorithm, Dialect, names, sql};

use self::moves::{Moved, Moves, is_made};
use self::shared::{Pair, has_followed, is_word, new_names, not_valid, of_type, pairs, shown};
use super::finding::Spot;
use super::rule::{Example, Found, Look, Rule};
use super::scene::{Scene, Whole};
use crate::cost::{self, Work, is_volatile};
use crate::dialect::{postgres, sqlite};
use crate::revision::Title;
use crate::script::{
    Action, Clause, Constraint, IndexDef, KnownIndex, KnownTable, Made, Reference, RuleKind,
    Statement, TypeText, folded, read,
};
pub(super) use bad_allow::RULE as BAD_ALLOW;
pub(super) use unused_allow::RULE as UNUSED_ALLOW;

/// Every rule, sorted by code.
pub static RULES: [&Rule; 82] = [
    &backfill_under_lock::RULE,
    &bad_allow::RULE,
    &cannot_run_in_transaction::RULE,
    &cascades_to_objects::RULE,
    &char_type::RULE,
    &check_validated::RULE,
    &concurrent_in_transaction::RULE,
    &concurrent_leftover::RULE,
    &concurrent_not_alone::RULE,
    &constraint_builds_index::RULE,
    &copies_table::RULE,
    &counted_column_rewrites::RULE,
    &covered_index::RULE,
    &creates_extension::RULE,
    &data_and_schema::RULE,
    &default_not_constant::RULE,
    &default_rewrites::RULE,
    &deletes_cascade::RULE,
    &disables_trigger::RULE,
    &drop_index_not_concurrent::RULE,
    &drops_column::RULE,
    &drops_not_null::RULE,
    &drops_table::RULE,
    &drops_used_column::RULE,
    &duplicate_index::RULE,
    &edited_after_generation::RULE,
    &enum_reordered::RULE,
    &enum_value_in_transaction::RULE,
    &exclusion_constraint::RULE,
    &foreign_key_charset::RULE,
    &foreign_key_checked::RULE,
    &foreign_key_type_mismatch::RULE,
    &foreign_key_validated::RULE,
    &foreign_key_without_index::RULE,
    &if_not_exists::RULE,
    &index_not_concurrent::RULE,
    &int_primary_key::RULE,
    &json_type::RULE,
    &locks_by_hand::RULE,
    &meaningless_message::RULE,
    &mixed_case_name::RULE,
    &money_type::RULE,
    &moves_table::RULE,
    &name_too_long::RULE,
    &nested_transaction::RULE,
    &new_enum_value_used::RULE,
    &no_lock_timeout::RULE,
    &no_primary_key::RULE,
    &no_way_back::RULE,
    &no_where::RULE,
    &not_atomic::RULE,
    &not_null_scans::RULE,
    &not_null_without_value::RULE,
    &partition_locks::RULE,
    &pragma_in_transaction::RULE,
    &rebuild_with_foreign_keys::RULE,
    &refresh_not_concurrent::RULE,
    &reindex_not_concurrent::RULE,
    &renames_column::RULE,
    &renames_enum_value::RULE,
    &renames_table::RULE,
    &reserved_name::RULE,
    &same_up_and_down::RULE,
    &separate_alters::RULE,
    &serial_type::RULE,
    &several_tables_locked::RULE,
    &storage_engine::RULE,
    &stored_column_rewrites::RULE,
    &timestamp_without_zone::RULE,
    &transaction_not_said::RULE,
    &truncates::RULE,
    &type_change_rewrites::RULE,
    &type_narrows::RULE,
    &unfinished_transaction::RULE,
    &unique_on_rows::RULE,
    &unreadable::RULE,
    &unused_allow::RULE,
    &utf8mb3::RULE,
    &vacuum_full::RULE,
    &validated_in_same_transaction::RULE,
    &varchar_limit::RULE,
    &writable_schema::RULE,
];
