//! Columns.

use diesel_autogen_progress::{literal, quoted};
use diesel_autogen_schema::{
    Column, Expr, Extra, Extras, Flavour, Generated, Identity, SqlType, Storage, Text,
};

use super::catalogue::{Catalogue, Record};
use super::types;

/// The columns of a table whose columns have this collation by themselves.
pub(super) fn of(catalogue: &Catalogue, table: &str, collation: &str) -> Vec<Column> {
    let own = catalogue.columns.iter().filter(|it| it.text(0) == table);
    own.map(|it| column(catalogue, it, collation)).collect()
}

fn column(catalogue: &Catalogue, it: &Record, collation: &str) -> Column {
    let (name, extra) = (it.text(1), it.text(7).to_ascii_lowercase());
    let json = is_json(catalogue, it);
    let sql_type = if json { SqlType::Json } else { types::of(it.text(4), it.text(5)) };
    let own = it.known(6).filter(|own| !json && *own != collation);
    let generated = it.known(8).filter(|expr| !expr.is_empty()).map(|expr| Generated {
        expr: written(expr, catalogue.flavour),
        storage: match extra.contains("virtual") {
            true => Storage::Virtual,
            false => Storage::Stored,
        },
    });
    let default = match (&generated, it.known(2)) {
        (Some(_), _) | (None, None) => None,
        (None, Some(default)) => self::default(catalogue.flavour, it.text(4), &extra, default),
    };
    let now = extra.contains("on update").then_some(Extra::OnUpdateNow);
    Column {
        nullable: it.text(3) == "YES",
        default,
        generated,
        identity: extra.contains("auto_increment").then_some(Identity::ByDefault),
        collation: own.map(|own| own.to_owned().into()),
        extras: Extras::from(now.into_iter().collect::<Vec<_>>()),
        comment: remark(it.text(9)),
        ..Column::new(name.to_owned().into(), sql_type)
    }
}

/// A remark, unless it is empty.
pub(super) fn remark(text: &str) -> Option<Text> {
    (!text.is_empty()).then(|| text.to_owned().into())
}

/// Whether the text of a column is JSON: MariaDB has no type for it, and writes the condition of
/// its column.
fn is_json(catalogue: &Catalogue, it: &Record) -> bool {
    it.text(4) == "longtext"
        && it.known(6) == Some("utf8mb4_bin")
        && catalogue.checks.iter().any(|check| is_json_check(check, it.text(0), it.text(1)))
}

/// Whether the condition is the one of a JSON column.
pub(super) fn is_json_check(check: &Record, table: &str, column: &str) -> bool {
    let valid = format!("json_valid({})", quoted(column));
    check.text(0) == table && check.text(3) == "Column" && check.text(2) == valid
}

/// The default as an expression.
fn default(flavour: Flavour, kind: &str, extra: &str, text: &str) -> Option<Expr> {
    let sql = match flavour {
        // There a column without one is said to have this.
        Flavour::Mariadb if text.eq_ignore_ascii_case("null") => return None,
        Flavour::Mariadb => text.to_owned(),
        Flavour::Mysql if extra.contains("default_generated") => return Some(now(text, flavour)),
        Flavour::Mysql if text.to_ascii_lowercase().starts_with("current_timestamp") => {
            text.to_owned()
        }
        Flavour::Mysql => match kind {
            "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "decimal" | "float"
            | "double" | "bit" | "year" => text.to_owned(),
            _ => literal(text),
        },
    };
    Some(now(&sql, flavour))
}

/// One spelling for the present time, which both servers have many for.
fn now(sql: &str, flavour: Flavour) -> Expr {
    let lower = sql.to_ascii_lowercase();
    match lower.strip_prefix("current_timestamp") {
        Some("" | "()") => Expr::from("CURRENT_TIMESTAMP".to_owned()),
        Some(digits) if digits.starts_with('(') && digits.ends_with(')') => {
            Expr::from(format!("CURRENT_TIMESTAMP{digits}"))
        }
        Some(_) | None => written(sql, flavour),
    }
}

/// An expression as the server would read it again: MySQL gives quotes back with backslashes.
pub(super) fn written(sql: &str, flavour: Flavour) -> Expr {
    Expr::from(match flavour {
        Flavour::Mysql => sql.replace("\\'", "'"),
        Flavour::Mariadb => sql.to_owned(),
    })
}
