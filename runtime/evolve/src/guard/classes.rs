//! What classes of operators take for the same, on PostgreSQL.

/// Classes that take for the same what the type itself does.
const OF_TYPES: &[&str] = &[
    "array_ops",
    "bit_ops",
    "bool_ops",
    "bytea_ops",
    "char_ops",
    "cidr_ops",
    "date_ops",
    "enum_ops",
    "float4_ops",
    "float8_ops",
    "inet_ops",
    "int2_ops",
    "int4_ops",
    "int8_ops",
    "interval_ops",
    "jsonb_ops",
    "macaddr8_ops",
    "macaddr_ops",
    "money_ops",
    "multirange_ops",
    "name_ops",
    "numeric_ops",
    "oid_ops",
    "pg_lsn_ops",
    "range_ops",
    "time_ops",
    "timestamp_ops",
    "timestamptz_ops",
    "timetz_ops",
    "uuid_ops",
    "varbit_ops",
];

/// A value as a unique index with this class compares it; `None` where that is not known, since
/// another class may have other values for the same.
pub(super) fn compared(class: &str, value: String, is_text: bool) -> Option<String> {
    let class = class.strip_prefix("pg_catalog.").unwrap_or(class).to_ascii_lowercase();
    match &*class {
        "text_ops" | "text_pattern_ops" | "varchar_ops" | "varchar_pattern_ops" if is_text => {
            Some(value)
        }
        // They may stand on a type that is read as one of theirs, and has other values for the same.
        "text_ops" | "text_pattern_ops" | "varchar_ops" | "varchar_pattern_ops" => {
            Some(format!("{value}::TEXT"))
        }
        "bpchar_ops" | "bpchar_pattern_ops" => Some(format!("{value}::BPCHAR")),
        other => OF_TYPES.contains(&other).then_some(value),
    }
}
