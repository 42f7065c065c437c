//! Facts in a few words, for sentences about them.

use std::fmt::Write;

use crate::facts::{
    Action, Check, Column, Deferrable, Exclusion, Expr, ExtraValue, Extras, ForeignKey, Generated,
    Identity, Index, IndexKey, MyType, Order, PgType, SqlType, Storage, Text, Unique,
};

/// The type and nullability of a column in a few words: `Text, nullable`.
pub fn column(column: &Column) -> String {
    let mut words = type_name(&column.sql_type);
    if column.nullable {
        words.push_str(", nullable");
    }
    if let Some(default) = &column.default {
        let _ = write!(words, ", default `{}`", default.as_str());
    }
    words
}

/// Diesel's name of a type and its parameters: `Text(120)`.
pub fn type_name(ty: &SqlType) -> String {
    let parameters = match ty {
        SqlType::Time { precision: Some(precision) }
        | SqlType::Timestamp { precision: Some(precision) } => format!("({precision})"),
        SqlType::Text { max_length: Some(length) } => format!("({length})"),
        SqlType::Numeric { precision: Some(precision), scale } => {
            format!("({precision}, {})", scale.unwrap_or(0))
        }
        SqlType::Enum(of) => {
            let labels: Vec<String> = of.labels.iter().map(|it| quoted(&it.name)).collect();
            format!("({})", labels.join(", "))
        }
        SqlType::Custom(of) => format!(" ({})", of.sql),
        SqlType::Pg(of) => of_postgres(of),
        SqlType::My(of) => of_mysql(of),
        SqlType::Text { max_length: None }
        | SqlType::Numeric { precision: None, scale: _ }
        | SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Float
        | SqlType::Double
        | SqlType::Bool
        | SqlType::Binary
        | SqlType::Date
        | SqlType::Time { precision: None }
        | SqlType::Timestamp { precision: None }
        | SqlType::TimestamptzSqlite
        | SqlType::Json
        | SqlType::Jsonb => String::new(),
    };
    format!("{}{parameters}", ty.diesel_name())
}

/// The parameters of a type that only PostgreSQL has.
fn of_postgres(ty: &PgType) -> String {
    match ty {
        PgType::Array(of) => format!("<{}>", type_name(of)),
        PgType::Timestamptz { precision: Some(precision) } => format!("({precision})"),
        PgType::Bpchar { length: Some(length) } => format!("({length})"),
        PgType::Bpchar { length: None }
        | PgType::CChar
        | PgType::Cidr
        | PgType::Citext
        | PgType::Inet
        | PgType::Interval
        | PgType::MacAddr
        | PgType::MacAddr8
        | PgType::Money
        | PgType::Multirange(_)
        | PgType::Oid
        | PgType::PgLsn
        | PgType::Range(_)
        | PgType::Timestamptz { precision: None }
        | PgType::Uuid
        | PgType::Varchar => String::new(),
    }
}

/// The parameters of a type that only MySQL has.
fn of_mysql(ty: &MyType) -> String {
    match ty {
        MyType::Unsigned(width) => format!("<{}>", width.diesel_name()),
        MyType::Datetime { precision: Some(precision) } => format!("({precision})"),
        MyType::Char { length }
        | MyType::Binary { length }
        | MyType::Varbinary { length }
        | MyType::Bit { length } => format!("({length})"),
        MyType::TinyInt
        | MyType::Text(_)
        | MyType::Blob(_)
        | MyType::Datetime { precision: None } => String::new(),
    }
}

/// A name or a piece of SQL as it stands in a sentence.
pub fn quoted(name: &str) -> String {
    format!("`{name}`")
}

/// A text that may be missing.
pub fn text(of: &Option<Text>) -> String {
    of.as_deref().map_or_else(|| "none".to_owned(), quoted)
}

/// An expression that may be missing.
pub fn expr(of: &Option<Expr>) -> String {
    of.as_ref().map_or_else(|| "none".to_owned(), |it| quoted(it.as_str()))
}

/// Whether NULL is allowed.
pub fn null(nullable: bool) -> String {
    if nullable { "nullable" } else { "required" }.to_owned()
}

/// What a generated column is computed from.
pub fn computed(of: &Option<Generated>) -> String {
    let Some(Generated { expr, storage }) = of else { return "nothing".to_owned() };
    let storage = match storage {
        Storage::Stored => "stored",
        Storage::Virtual => "virtual",
    };
    format!("`{}` ({storage})", expr.as_str())
}

/// How a key gets its value.
pub fn made(identity: Option<Identity>) -> String {
    match identity {
        None => "no generated key",
        Some(Identity::ByDefault) => "a generated key",
        Some(Identity::Always) => "an always generated key",
        Some(Identity::Serial) => "a serial key",
        Some(Identity::Autoincrement) => "an autoincrement key",
    }
    .to_owned()
}

/// Names in parentheses.
pub fn list(names: &[Text]) -> String {
    format!("({})", names.join(", "))
}

/// The columns of a uniqueness rule.
pub fn unique(unique: &Unique) -> String {
    let Unique { name: _, columns, extras } = unique;
    format!("on {}{}", list(columns), more(extras))
}

/// What only some engines can say, behind a comma.
pub fn more(of: &Extras) -> String {
    let mut words = String::new();
    for extra in of.iter() {
        let key = extra.key().replace('_', " ");
        let _ = match extra.value() {
            ExtraValue::Flag => write!(words, ", {key}"),
            ExtraValue::Text(text) => write!(words, ", {key} `{text}`"),
            ExtraValue::Names(names) => write!(words, ", {key} {}", list(&names)),
            ExtraValue::Number(number) => write!(words, ", {key} {number}"),
            ExtraValue::Parameter(name, value) => write!(words, ", {name} = {value}"),
        };
    }
    words
}

/// What only some engines can say, or nothing.
pub fn extras(of: &Extras) -> String {
    let words = more(of);
    words.strip_prefix(", ").unwrap_or("nothing special").to_owned()
}

fn key(key: &IndexKey) -> String {
    let IndexKey { expr, is_column: _, order, extras } = key;
    let order = match order {
        Order::Asc => "",
        Order::Desc => " desc",
    };
    format!("{}{order}{}", expr.as_str(), more(extras).replace(',', ""))
}

/// The comparisons of an exclusion and the rows that it is about.
pub fn exclusion(exclusion: &Exclusion) -> String {
    let Exclusion { name: _, elements, predicate, extras } = exclusion;
    let elements = elements.iter().map(|it| format!("{} with {}", key(&it.key), it.operator));
    let mut words = format!("on ({})", elements.collect::<Vec<_>>().join(", "));
    if let Some(predicate) = predicate {
        let _ = write!(words, " where `{}`", predicate.as_str());
    }
    words + &more(extras)
}

/// The keys of an index and the rows that it covers.
pub fn index(index: &Index) -> String {
    let Index { name: _, keys, unique, predicate, extras } = index;
    let keys: Vec<String> = keys.iter().map(key).collect();
    let mut words = format!("on ({})", keys.join(", "));
    if *unique {
        words.insert_str(0, "unique ");
    }
    if let Some(predicate) = predicate {
        let _ = write!(words, " where `{}`", predicate.as_str());
    }
    words + &more(extras)
}

/// The condition.
pub fn check(check: &Check) -> String {
    let Check { name: _, expr, extras } = check;
    quoted(expr.as_str()) + &more(extras)
}

/// Both ends of a foreign key and what it does.
pub fn foreign_key(key: &ForeignKey) -> String {
    let ForeignKey {
        name: _,
        columns,
        schema: _,
        table: _,
        references,
        on_delete,
        on_update,
        deferrable,
        extras,
    } = key;
    let mut words = format!("from {} to {}{}", list(columns), key.target(), list(references));
    for (what, action) in [("delete", on_delete), ("update", on_update)] {
        if *action != Action::NoAction {
            let _ = write!(words, ", on {what} {}", action.name().replace('_', " "));
        }
    }
    if *deferrable != Deferrable::No {
        let _ = write!(words, ", {}", deferrable.name().replace('_', " "));
    }
    words + &more(extras)
}
