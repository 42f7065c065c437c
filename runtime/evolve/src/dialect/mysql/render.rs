//! Facts as the pieces of `CREATE TABLE` and `ALTER TABLE`.

use diesel_autogen_schema::facts::mysql::{DEFAULT_COLLATION, DEFAULT_ENGINE, Support, charset_of};
use diesel_autogen_schema::sql::{Kind as TokenKind, Token, literal_text, tokens};
use diesel_autogen_schema::{
    Action, Check, Column, Dialect, Extra, Extras, Flavour, ForeignKey, Generated, Index, IndexKey,
    Order, Storage, Table, Unique,
};

use super::quote::{expr, ident, is_wrapped, list, remark, string};
use super::types::{Kind, digits, is_text, kind, spelled};

/// The collation of a table's columns that say none.
pub(crate) fn collation_of(table: &Table) -> &str {
    table.extras.collation().map_or(DEFAULT_COLLATION, |name| name)
}

fn charset_and(collation: &str) -> String {
    format!("CHARACTER SET {} COLLATE {collation}", charset_of(collation))
}

/// A column as `CREATE TABLE` has it: what the table says is not said again.
pub(crate) fn column(table: &Table, column: &Column, flavour: Flavour) -> String {
    let collation = column.collation.as_deref().filter(|own| *own != collation_of(table));
    format!("{} {}", ident(&column.name), definition(column, collation, flavour))
}

/// A column without its name, all that it is: `MODIFY` forgets what is not restated.
pub(crate) fn whole(table: &Table, column: &Column, flavour: Flavour) -> String {
    let own = column.collation.as_deref();
    let collation = own.or_else(|| is_text(&column.sql_type).then(|| collation_of(table)));
    definition(column, collation, flavour)
}

fn definition(column: &Column, collation: Option<&str>, flavour: Flavour) -> String {
    let mut sql = spelled(&column.sql_type);
    if let Some(collation) = collation {
        sql = format!("{sql} {}", charset_and(collation));
    }
    match &column.generated {
        Some(Generated { expr: of, storage }) => {
            let storage = match storage {
                Storage::Stored => "STORED",
                Storage::Virtual => "VIRTUAL",
            };
            sql = format!("{sql} GENERATED ALWAYS AS ({}) {storage}", expr(of.as_str()));
            // MariaDB takes no such rule there.
            if !column.nullable && flavour == Flavour::Mysql {
                sql.push_str(" NOT NULL");
            }
        }
        None => {
            sql.push_str(if column.nullable { " NULL" } else { " NOT NULL" });
            if let Some(default) = default(column, flavour) {
                sql = format!("{sql} DEFAULT {default}");
            }
        }
    }
    if column.extras.has(&Extra::OnUpdateNow) {
        sql = format!("{sql} ON UPDATE {}", now(kind(&column.sql_type)));
    }
    if column.identity.is_some() {
        sql.push_str(" AUTO_INCREMENT");
    }
    if let Some(comment) = &column.comment {
        sql = format!("{sql} COMMENT {}", remark(comment));
    }
    sql
}

/// The clock with as many digits as the column has: with others the server refuses it.
fn now(of: Kind) -> String {
    match of {
        Kind::Moment(precision) => digits("CURRENT_TIMESTAMP", precision),
        _ => "CURRENT_TIMESTAMP".to_owned(),
    }
}

/// What stands behind `DEFAULT`: a literal, the clock, or an expression in parentheses.
fn default(column: &Column, flavour: Flavour) -> Option<String> {
    let text = column.default.as_ref()?.as_str();
    let solid: Vec<Token> =
        tokens(text, Dialect::Mysql).filter(|it| it.kind != TokenKind::Space).collect();
    let kind = kind(&column.sql_type);
    if matches!(kind, Kind::Moment(_)) && is_clock(&solid) {
        return Some(now(kind));
    }
    let text = match literal_text(text) {
        Some(text) => string(&text),
        None => expr(text.trim()),
    };
    let null = matches!(solid[..], [only] if only.is_name("null"));
    // MySQL takes no literal for what is kept beside the row, but an expression.
    let beside = matches!(kind, Kind::LongText | Kind::LongBytes | Kind::Json);
    let bare = is_literal(&solid) && (null || !beside || flavour == Flavour::Mariadb);
    Some(if bare || is_wrapped(&text) { text } else { format!("({text})") })
}

/// `CURRENT_TIMESTAMP`, `now()`, `localtimestamp(6)`, in parentheses or not.
fn is_clock(solid: &[Token]) -> bool {
    let solid = match solid {
        [open, inner @ .., close] if open.text == "(" && close.text == ")" => inner,
        all => all,
    };
    let named = |token: &Token| {
        ["current_timestamp", "now", "localtimestamp", "localtime"]
            .iter()
            .any(|name| token.is_name(name))
    };
    match solid {
        [only] => named(only) && !only.is_name("now"),
        [name, open, inner @ .., close] => {
            named(name) && open.text == "(" && close.text == ")" && inner.len() <= 1
        }
        _ => false,
    }
}

/// Whether the expression is one literal, with a sign or not.
pub(crate) fn is_literal(solid: &[Token]) -> bool {
    let only = match solid {
        [only] => only,
        [sign, number] if matches!(sign.text, "-" | "+") && number.kind == TokenKind::Number => {
            number
        }
        _ => return false,
    };
    match only.kind {
        TokenKind::Number | TokenKind::String => true,
        TokenKind::Word => ["null", "true", "false"].iter().any(|word| only.is_name(word)),
        TokenKind::Quoted | TokenKind::Punctuation | TokenKind::Space => false,
    }
}

/// The options behind the parentheses of `CREATE TABLE`.
pub(crate) fn options(table: &Table) -> String {
    let mut parts = vec![format!("ENGINE = {}", engine(&table.extras))];
    parts.push(format!("DEFAULT {}", charset_and(collation_of(table))));
    parts.extend(parameters(&table.extras).map(|(name, value)| format!("{name} = {value}")));
    if let Some(comment) = &table.comment {
        parts.push(format!("COMMENT = {}", remark(comment)));
    }
    parts.join(" ")
}

/// The options that differ, as clauses of `ALTER TABLE`. Of a parameter that is no longer said,
/// the server's own way is asked for.
pub(crate) fn changed_options(before: &Table, after: &Table) -> Vec<String> {
    let mut parts = Vec::new();
    let (was, is) = (engine(&before.extras), engine(&after.extras));
    if !was.eq_ignore_ascii_case(is) {
        parts.push(format!("ENGINE = {is}"));
    }
    let (was, is) = (collation_of(before), collation_of(after));
    if was != is {
        parts.push(format!("DEFAULT {}", charset_and(is)));
    }
    let had = |name: &str, value: &str| {
        parameters(&before.extras).any(|(own, at)| own == name && at == value)
    };
    for (name, value) in parameters(&after.extras).filter(|(name, value)| !had(name, value)) {
        parts.push(format!("{name} = {value}"));
    }
    for (name, _) in parameters(&before.extras) {
        if !parameters(&after.extras).any(|(own, _)| own == name) {
            parts.push(format!("{name} = DEFAULT"));
        }
    }
    if before.comment != after.comment {
        let comment = after.comment.as_deref().unwrap_or_default();
        parts.push(format!("COMMENT = {}", remark(comment)));
    }
    parts
}

/// The engine that keeps the table.
pub(crate) fn engine(extras: &Extras) -> &str {
    let said = extras.iter().find_map(|extra| match extra {
        Extra::Engine(name) => Some(&**name),
        _ => None,
    });
    said.unwrap_or(DEFAULT_ENGINE)
}

fn parameters(extras: &Extras) -> impl Iterator<Item = (String, &str)> {
    extras.iter().filter_map(|extra| match extra {
        Extra::With(name, value) => Some((name.to_ascii_uppercase(), &**value)),
        _ => None,
    })
}

pub(crate) fn unique(unique: &Unique) -> String {
    let Unique { name, columns, extras } = unique;
    format!("UNIQUE INDEX {} {}{}", ident(name), list(columns), behind(extras))
}

pub(crate) fn support(support: &Support) -> String {
    format!("INDEX {} {}", ident(&support.name), list(&support.columns))
}

pub(crate) fn index(index: &Index) -> String {
    let Index { name, keys, unique, predicate: _, extras } = index;
    let keys: Vec<String> = keys.iter().map(key).collect();
    let kind = match (method(extras), unique) {
        (Some("fulltext"), _) => "FULLTEXT INDEX",
        (Some("spatial"), _) => "SPATIAL INDEX",
        (_, true) => "UNIQUE INDEX",
        (_, false) => "INDEX",
    };
    format!("{kind} {} ({}){}", ident(name), keys.join(", "), behind(extras))
}

/// How an index is kept, in lower case, where it is not the ordinary way.
pub(crate) fn method(extras: &Extras) -> Option<&str> {
    extras.iter().find_map(|extra| match extra {
        Extra::Method(name) => Some(&**name),
        _ => None,
    })
}

/// What stands behind the keys of an index.
fn behind(extras: &Extras) -> String {
    let mut sql = String::new();
    match method(extras) {
        Some("fulltext" | "spatial") | None => {}
        Some(method) => sql = format!("{sql} USING {}", method.to_ascii_uppercase()),
    }
    for (name, value) in parameters(extras) {
        match name.as_str() {
            "PARSER" => sql = format!("{sql} WITH PARSER {}", ident(value)),
            _ => sql = format!("{sql} {name} = {value}"),
        }
    }
    if let Some(comment) = extras.comment() {
        sql = format!("{sql} COMMENT {}", remark(comment));
    }
    sql
}

fn key(key: &IndexKey) -> String {
    let IndexKey { expr: of, is_column, order, extras } = key;
    let mut sql = match is_column {
        true => ident(of.as_str()),
        false => format!("({})", expr(of.as_str())),
    };
    let prefix = extras.iter().find_map(|extra| match extra {
        Extra::Prefix(length) => Some(length),
        _ => None,
    });
    if let Some(length) = prefix {
        sql = format!("{sql}({length})");
    }
    match order {
        Order::Asc => sql,
        Order::Desc => format!("{sql} DESC"),
    }
}

pub(crate) fn check(check: &Check) -> String {
    let Check { name, expr: of, extras: _ } = check;
    format!("CONSTRAINT {} CHECK ({})", ident(name), expr(of.as_str()))
}

pub(crate) fn foreign_key(key: &ForeignKey) -> String {
    let ForeignKey {
        name,
        columns,
        schema: _,
        table,
        references,
        on_delete,
        on_update,
        deferrable: _,
        extras: _,
    } = key;
    let mut sql = format!(
        "CONSTRAINT {} FOREIGN KEY {} REFERENCES {} {}",
        ident(name),
        list(columns),
        ident(table),
        list(references)
    );
    for (event, action) in [("DELETE", on_delete), ("UPDATE", on_update)] {
        let action = match action {
            Action::NoAction => continue,
            Action::Restrict => "RESTRICT",
            Action::Cascade => "CASCADE",
            Action::SetNull => "SET NULL",
            Action::SetDefault => "SET DEFAULT",
        };
        sql = format!("{sql} ON {event} {action}");
    }
    sql
}

/// The columns in an order in which each that is computed stands behind those computed ones that it
/// reads.
pub(crate) fn ordered(columns: &[Column]) -> Vec<&Column> {
    let mut placed: Vec<&Column> = Vec::new();
    let mut left: Vec<&Column> = columns.iter().collect();
    while !left.is_empty() {
        let waits = |column: &Column, left: &[&Column]| {
            let computed =
                left.iter().filter(|it| it.generated.is_some() && it.name != column.name);
            let names: Vec<&str> = computed.map(|it| &*it.name).collect();
            let of = column.generated.as_ref();
            of.is_some_and(|of| names.iter().any(|name| of.expr.mentions(name, Dialect::Mysql)))
        };
        // A ring is an error of the server's.
        let next = left.iter().position(|column| !waits(column, &left)).unwrap_or(0);
        placed.push(left.remove(next));
    }
    placed
}

/// `CREATE TABLE` with everything that is in it.
pub(crate) fn create(table: &Table, supports: &[Support], flavour: Flavour) -> String {
    let mut lines: Vec<String> =
        ordered(&table.columns).into_iter().map(|it| column(table, it, flavour)).collect();
    if !table.primary_key.is_empty() {
        lines.push(format!("PRIMARY KEY {}", list(&table.primary_key)));
    }
    lines.extend(table.uniques.iter().map(unique));
    lines.extend(table.indexes.iter().map(index));
    lines.extend(supports.iter().map(support));
    lines.extend(table.checks.iter().map(check));
    lines.extend(table.foreign_keys.iter().map(foreign_key));
    format!(
        "CREATE TABLE {} (\n    {}\n) {}",
        ident(&table.name),
        lines.join(",\n    "),
        options(table)
    )
}
