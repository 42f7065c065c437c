//! Names of what was given none: deterministic, so that SQL is a pure function of facts.
//!
//! They are PostgreSQL's own habit on every dialect: `users_email_key`, `orders_customer_id_fkey`,
//! `users_a_b_idx`, `orders_total_check`.

/// The table in which Diesel keeps the versions of migrations. A model may read it; it is made,
/// changed and dropped by nobody but Diesel.
pub const BOOKKEEPING: &str = "__diesel_schema_migrations";

/// Most bytes that a made-up name has: what PostgreSQL, the strictest engine, keeps.
pub const MAX_BYTES: usize = 63;

/// Name of a uniqueness rule.
pub fn unique<S: AsRef<str>>(table: &str, columns: &[S]) -> String {
    joined(table, columns, "key")
}

/// Name of the primary key, where keys have names.
pub fn primary_key(table: &str) -> String {
    joined::<&str>(table, &[], "pkey")
}

/// Name of the sequence that makes up the keys of a column, where there are sequences.
pub fn sequence(table: &str, column: &str) -> String {
    joined(table, &[column], "seq")
}

/// Name of an index over columns, or over one expression when `columns` is `["expr"]`.
pub fn index<S: AsRef<str>>(table: &str, columns: &[S]) -> String {
    joined(table, columns, "idx")
}

/// Name of an exclusion; `columns` as for [`index`].
pub fn exclusion<S: AsRef<str>>(table: &str, columns: &[S]) -> String {
    joined(table, columns, "excl")
}

/// Name of a foreign key.
pub fn foreign_key<S: AsRef<str>>(table: &str, columns: &[S]) -> String {
    joined(table, columns, "fkey")
}

/// Name of a condition on one column, or on the table when `column` is `None`.
pub fn check(table: &str, column: Option<&str>) -> String {
    joined(table, column.as_slice(), "check")
}

/// Name of a column or table that no model claims any more; `count` is 1 for the first choice.
pub fn retired(name: &str, count: usize) -> String {
    let suffix = if count == 1 { String::new() } else { format!("_{count}") };
    let name = format!("deprecated_{name}{suffix}");
    cut(name, suffix.trim_start_matches('_'))
}

/// Name of the condition that a column holds a value, where one stands in for `NOT NULL` for a while.
pub fn present(table: &str, column: &str) -> String {
    joined(table, &[column], "present")
}

/// Name of the function that keeps a column as another one says, and of what calls it. Where several
/// are called for a row, it is in the order of their names, and this has the last word.
pub fn follows(table: &str, column: &str) -> String {
    joined(FOLLOWING, &[table, column], "follows")
}

/// What the names of [`follows`] begin with.
pub const FOLLOWING: &str = "zz__diesel_autogen";

fn joined<S: AsRef<str>>(table: &str, columns: &[S], suffix: &str) -> String {
    let mut name = table.to_owned();
    for column in columns {
        name.push('_');
        name.push_str(column.as_ref());
    }
    name.push('_');
    name.push_str(suffix);
    cut(name, suffix)
}

/// The name, or, when it is too long, its beginning, a hash of the whole and the suffix, if any.
fn cut(name: String, suffix: &str) -> String {
    if name.len() <= MAX_BYTES {
        return name;
    }
    let tail = format!("_{:08x}_{suffix}", fnv1a(name.as_bytes()));
    let tail = tail.trim_end_matches('_');
    let mut keep = MAX_BYTES - tail.len();
    while !name.is_char_boundary(keep) {
        keep -= 1;
    }
    format!("{}{tail}", &name[..keep])
}

/// 32-bit FNV-1a: stable over releases, unlike the hashers of the standard library.
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_postgresql() {
        assert_eq!(unique("users", &["email"]), "users_email_key");
        assert_eq!(primary_key("users"), "users_pkey");
        assert_eq!(sequence("users", "id"), "users_id_seq");
        assert_eq!(index("users", &["a", "b"]), "users_a_b_idx");
        assert_eq!(foreign_key("orders", &["customer_id"]), "orders_customer_id_fkey");
        assert_eq!(check("orders", Some("total")), "orders_total_check");
        assert_eq!(check("orders", None), "orders_check");
    }

    #[test]
    fn names_of_what_is_retired_say_so_and_fit() {
        assert_eq!(retired("bio", 1), "deprecated_bio");
        assert_eq!(retired("bio", 2), "deprecated_bio_2");
        let (long, other) = ("ä".repeat(31), "ä".repeat(30) + "ö");
        let names = [retired(&long, 1), retired(&long, 2), retired(&other, 1)];
        for (at, name) in names.iter().enumerate() {
            assert!(name.len() <= MAX_BYTES && name.starts_with("deprecated_ä"), "{name}");
            assert!(!names[..at].contains(name), "{name}");
        }
    }

    #[test]
    fn long_names_are_cut_with_a_hash_and_stay_apart() {
        let long = "ä".repeat(40);
        let one = unique(&long, &["x1"]);
        let two = unique(&long, &["x2"]);
        assert!(one.len() <= MAX_BYTES && two.len() <= MAX_BYTES);
        assert!(one.ends_with("_key"));
        assert_ne!(one, two);
    }
}
