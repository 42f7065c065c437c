//! Columns of every type with everything that a column can have.

use super::expression::{computed, remark};
use super::names::{COLUMNS, pick};
use super::recipe::ColumnRecipe;
use crate::facts::{Column, Custom, Enum, Expr, Generated, Label, SqlType, Storage, Text};

/// Enums by name, with their labels.
const ENUMS: [(&str, &[&str]); 4] = [
    ("state", &["new", "paid", "sent"]),
    ("mood", &["it's", "\"fine\"", "so;so"]),
    ("size", &["größe", "S", "s"]),
    ("flag", &["on"]),
];

/// Types of the user's: name, spelling, a default.
const CUSTOMS: [(&str, &str, &str); 6] = [
    ("Uuid", "TEXT", "'00-00'"),
    ("Point", "BLOB", "x'0102'"),
    ("Count", "INTEGER", "3"),
    ("Citext", "CITEXT", "'c'"),
    ("Money", "DECIMAL(10, 2)", "1.25"),
    ("Anything", "ANY", "'any'"),
];

/// The type that two numbers pick.
pub(super) fn sql_type(kind: u8, size: u8) -> SqlType {
    match kind % 18 {
        0 => SqlType::Text { max_length: None },
        1 => SqlType::BigInt,
        2 => SqlType::Integer,
        3 => SqlType::SmallInt,
        4 => SqlType::Bool,
        5 => SqlType::Float,
        6 => SqlType::Double,
        7 => {
            let (precision, scale) = pick(
                &[(None, None), (Some(8), Some(2)), (Some(12), Some(2)), (Some(5), None)],
                size,
            );
            SqlType::Numeric { precision, scale }
        }
        8 => SqlType::Text { max_length: Some(pick(&[20, 3, 255], size)) },
        9 => SqlType::Binary,
        10 => SqlType::Date,
        11 => SqlType::TIME,
        12 => SqlType::TIMESTAMP,
        13 => SqlType::TimestamptzSqlite,
        14 => SqlType::Json,
        15 => SqlType::Jsonb,
        16 => {
            let (name, labels) = pick(&ENUMS, size);
            let label = |name: &&'static str| Label { name: (*name).into(), renamed_from: None };
            SqlType::Enum(Enum::new(name, labels.iter().map(label).collect()))
        }
        _ => {
            let (name, sql, _) = pick(&CUSTOMS, size);
            SqlType::Custom(Custom { name: name.into(), sql: sql.into() })
        }
    }
}

/// The defaults that the model language takes for a type. The first is a literal.
pub(super) fn defaults(of: &SqlType) -> Vec<String> {
    let list: &[&str] = match of {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => &["7", "-5", "0", "1 + 1"],
        SqlType::Float | SqlType::Double => &["1.5", "-2", "1e3", "0.5 + 1"],
        SqlType::Numeric { .. } => &["12.25", "-1", "2 * 3"],
        SqlType::Bool => &["1", "true", "FALSE", "0"],
        SqlType::Text { .. } => &[
            "'x; it''s'",
            "''",
            "'-- name'",
            "upper('abc')",
            "CURRENT_TIMESTAMP",
            "'two\nlines'",
            "lower(hex(randomblob(4)))",
        ],
        SqlType::Binary => &["X'00FF'", "x''", "zeroblob(2)"],
        SqlType::Date => &["'2024-02-29'", "CURRENT_DATE", "date('now', '-1 day')"],
        SqlType::Time { .. } => &["'12:34:56'", "CURRENT_TIME"],
        SqlType::Timestamp { .. } => &["'2024-02-29 12:34:56'", "CURRENT_TIMESTAMP"],
        SqlType::TimestamptzSqlite => &["'2024-02-29 12:34:56+00:00'", "CURRENT_TIMESTAMP"],
        SqlType::Json => &["'{\"a\": [1]}'", "json_array(1, 2)"],
        SqlType::Jsonb => &["x'00'", "jsonb('{}')"],
        SqlType::Enum(of) => {
            let labels = of.labels.iter();
            return labels.map(|it| format!("'{}'", it.name.replace('\'', "''"))).collect();
        }
        SqlType::Custom(of) => {
            let found = CUSTOMS.iter().find(|(name, ..)| *name == of.name);
            return found.iter().map(|(_, _, default)| (*default).to_owned()).collect();
        }
        // Pairs are made for SQLite.
        SqlType::Pg(_) | SqlType::My(_) => &[],
    };
    list.iter().map(|it| (*it).to_owned()).collect()
}

/// A literal of the type.
pub fn literal(of: &SqlType) -> Option<Expr> {
    defaults(of).into_iter().next().map(Expr::from)
}

/// Whether text is compared in it, so that it can have a collation.
pub(super) fn collates(of: &SqlType) -> bool {
    match of {
        SqlType::Text { .. }
        | SqlType::Date
        | SqlType::Time { .. }
        | SqlType::Timestamp { .. }
        | SqlType::TimestamptzSqlite
        | SqlType::Json
        | SqlType::Enum(_)
        | SqlType::Custom(_) => true,
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Float
        | SqlType::Double
        | SqlType::Numeric { .. }
        | SqlType::Bool
        | SqlType::Binary
        | SqlType::Jsonb
        | SqlType::Pg(_)
        | SqlType::My(_) => false,
    }
}

/// Whether the database can make up a key of this type.
pub(super) fn counts(of: &SqlType) -> bool {
    matches!(of, SqlType::SmallInt | SqlType::Integer | SqlType::BigInt)
}

/// The column that a recipe makes beside `others`.
pub(super) fn column(recipe: &ColumnRecipe, others: &[Column]) -> Column {
    let ColumnRecipe {
        name,
        kind,
        size,
        required,
        default,
        generated,
        source: _,
        collation,
        comment,
        spent,
    } = *recipe;
    let mut column = Column::new(pick(&COLUMNS, name).0.into(), sql_type(kind, size));
    column.nullable = required < 50;
    column.default = default_of(&column.sql_type, default);
    if collation >= 85 {
        column.collation = Some(pick(&["NOCASE", "RTRIM", "BINARY"], collation).into());
    }
    column.comment = (comment >= 90).then(|| remark(comment).into());
    column.renamed_from = spent_hint(spent, COLUMNS.map(|(name, _)| name));
    if generated >= 88 {
        generate(&mut column, recipe, others);
    }
    column
}

pub(super) fn default_of(of: &SqlType, number: u8) -> Option<Expr> {
    let list = defaults(of);
    (number >= 60 && !list.is_empty())
        .then(|| Expr::from(list[usize::from(number) % list.len()].clone()))
}

/// A hint that was followed long ago.
pub(super) fn spent_hint<const N: usize>(number: u8, names: [&'static str; N]) -> Option<Text> {
    match number {
        0..93 => None,
        93..97 => Some("long ago".into()),
        _ => Some(pick(&names, number).into()),
    }
}

/// Makes the column a computed one.
pub(super) fn generate(column: &mut Column, recipe: &ColumnRecipe, others: &[Column]) {
    let plain: Vec<&str> =
        others.iter().filter(|it| it.name != column.name).map(|it| it.name.as_ref()).collect();
    if plain.is_empty() {
        return;
    }
    let at = |number: u8| plain[usize::from(number) % plain.len()];
    let sources = (at(recipe.source), at(recipe.source / 7));
    let (expr, number, sure) = computed(recipe.generated, recipe.source, sources);
    let storage = if recipe.size.is_multiple_of(2) { Storage::Virtual } else { Storage::Stored };
    column.sql_type = if number { SqlType::BigInt } else { SqlType::Text { max_length: None } };
    column.nullable = !sure || recipe.required < 50;
    column.default = None;
    column.generated = Some(Generated { expr, storage });
}
