//! Statements of PostgreSQL, laid out as a person writes them; none ends in a semicolon.

use diesel_autogen_schema::sql::{self, Kind};
use diesel_autogen_schema::{
    Action, Column, Deferrable, Dialect, Exclusion, Extra, Extras, ForeignKey, Identity, Index,
    IndexKey, Order, Place, Storage, Table, Text, Unique,
};

use super::quote::{collation, expr, ident, idents, place, within};
use super::rule::{Rule, apart, rules};
use super::sequence;
use super::types::spelled;

/// `CREATE TABLE` with its constraints. Indexes are not part of it.
pub(crate) fn create_table(table: &Table) -> Vec<String> {
    let mut lines: Vec<String> =
        table.columns.iter().map(|column| column_def(table.place(), column)).collect();
    let rules: Vec<Rule> = rules(table).into_iter().filter(|rule| !rule.is_index()).collect();
    let (together, later) = apart(&rules);
    lines.extend(together.into_iter().map(constraint));
    let body = match &lines[..] {
        [] => "()".to_owned(),
        lines => format!("(\n    {}\n)", lines.join(",\n    ")),
    };
    let name = place(table.place());
    let create = format!("CREATE TABLE {name} {body}{}", parameters(&table.extras));
    let later =
        later.into_iter().map(|rule| format!("ALTER TABLE {name} ADD {}", constraint(rule)));
    std::iter::once(create).chain(later).collect()
}

/// One column with all that is written at it.
pub(crate) fn column_def(table: Place<'_>, column: &Column) -> String {
    let mut parts = vec![ident(&column.name), column_type(table, column)];
    if let Some(name) = &column.collation {
        parts.push(format!("COLLATE {}", collation(name)));
    }
    if let Some(generated) = &column.generated {
        let storage = match generated.storage {
            Storage::Stored => "STORED",
            Storage::Virtual => "VIRTUAL",
        };
        parts.push(format!("GENERATED ALWAYS AS ({}) {storage}", expr(generated.expr.as_str())));
    }
    if let Some(identity) = sequence::clause(table, column) {
        parts.push(identity);
    }
    // What the database makes up is never NULL.
    if !column.nullable && (column.identity.is_none() || sequence::is_apart(table, column)) {
        parts.push("NOT NULL".into());
    }
    if let Some(default) = sequence::default(table, column) {
        parts.push(format!("DEFAULT {default}"));
    }
    parts.join(" ")
}

fn column_type(table: Place<'_>, column: &Column) -> String {
    let serial = column.identity == Some(Identity::Serial) && !sequence::is_apart(table, column);
    let word = spelled(&column.sql_type);
    if !serial {
        return word;
    }
    match word.as_str() {
        "SMALLINT" => "SMALLSERIAL".to_owned(),
        "BIGINT" => "BIGSERIAL".to_owned(),
        _ => "SERIAL".to_owned(),
    }
}

/// A `DEFAULT` value: in parentheses where the grammar of columns would not take it bare.
pub(crate) fn default_value(text: &str) -> String {
    let bare = expr(text);
    let mut depth = 0;
    let loose = sql::tokens(&bare, Dialect::Postgres)
        .filter(|token| token.kind != Kind::Space)
        .any(|token| {
            match token.text {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            depth == 0
                && token.kind == Kind::Word
                && LOOSE.split(' ').any(|word| word.eq_ignore_ascii_case(token.text))
        });
    if loose { format!("({bare})") } else { bare }
}

const LOOSE: &str =
    "AND OR NOT IS ISNULL NOTNULL IN LIKE ILIKE BETWEEN SIMILAR AT COLLATE OVERLAPS";

/// A constraint with its name, as it stands in `CREATE TABLE` and behind `ADD`.
pub(crate) fn constraint(rule: &Rule) -> String {
    let definition = match rule {
        Rule::PrimaryKey { name: _, columns } => format!("PRIMARY KEY ({})", idents(columns)),
        Rule::Unique(it) => unique(it),
        Rule::Check(it) => format!("CHECK ({})", expr(it.expr.as_str())),
        Rule::Exclusion(it) => exclusion(it),
        Rule::ForeignKey(it) => foreign_key(it),
        Rule::Index(it) => return it.name.clone().into_owned(),
    };
    format!("CONSTRAINT {} {definition}", ident(rule.name()))
}

fn unique(unique: &Unique) -> String {
    let Unique { name: _, columns, extras } = unique;
    let distinct = if extras.has(&Extra::NullsNotDistinct) { " NULLS NOT DISTINCT" } else { "" };
    format!("UNIQUE{distinct} ({}){}", idents(columns), behind(extras, ""))
}

fn exclusion(rule: &Exclusion) -> String {
    let Exclusion { name: _, elements, predicate, extras } = rule;
    let elements: Vec<String> =
        elements.iter().map(|it| format!("{} WITH {}", index_key(&it.key), it.operator)).collect();
    let rows = predicate.as_ref().map(|it| format!(" WHERE ({})", expr(it.as_str())));
    let rows = rows.unwrap_or_default();
    format!("EXCLUDE{} ({}){}", method(extras), elements.join(", "), behind(extras, &rows))
}

/// What stands behind the columns of a rule: what it carries along, how it is kept, which rows it
/// is about, and when it is checked.
fn behind(extras: &Extras, rows: &str) -> String {
    let include = extras.iter().find_map(|extra| {
        if let Extra::Include(columns) = extra {
            Some(format!(" INCLUDE ({})", idents(columns)))
        } else {
            None
        }
    });
    let deferrable = extras.iter().find_map(|extra| {
        if let Extra::Deferrable(mode) = extra { Some(checked(*mode)) } else { None }
    });
    format!(
        "{}{}{rows}{}",
        include.unwrap_or_default(),
        parameters(extras),
        deferrable.unwrap_or_default()
    )
}

fn method(extras: &Extras) -> String {
    let found = extras.iter().find_map(|extra| {
        if let Extra::Method(method) = extra {
            Some(format!(" USING {}", ident(method)))
        } else {
            None
        }
    });
    found.unwrap_or_default()
}

/// Storage parameters, `WITH (…)`.
pub(crate) fn parameters(extras: &Extras) -> String {
    let all: Vec<String> = extras
        .iter()
        .filter_map(|extra| {
            if let Extra::With(name, value) = extra {
                Some(format!("{name} = {value}"))
            } else {
                None
            }
        })
        .collect();
    if all.is_empty() { String::new() } else { format!(" WITH ({})", all.join(", ")) }
}

pub(crate) fn checked(mode: Deferrable) -> &'static str {
    match mode {
        Deferrable::No => "",
        Deferrable::InitiallyImmediate => " DEFERRABLE INITIALLY IMMEDIATE",
        Deferrable::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
    }
}

fn foreign_key(key: &ForeignKey) -> String {
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
    let mut sql = format!(
        "FOREIGN KEY ({}) REFERENCES {} ({})",
        idents(columns),
        place(key.target()),
        idents(references)
    );
    if extras.has(&Extra::MatchFull) {
        sql.push_str(" MATCH FULL");
    }
    if let Some(action) = action(*on_delete) {
        sql.push_str(&format!(" ON DELETE {action}"));
        let columns = extras.iter().find_map(|extra| {
            if let Extra::SetColumns(columns) = extra {
                Some(format!(" ({})", idents(columns)))
            } else {
                None
            }
        });
        sql.push_str(&columns.unwrap_or_default());
    }
    if let Some(action) = action(*on_update) {
        sql.push_str(&format!(" ON UPDATE {action}"));
    }
    sql.push_str(checked(*deferrable));
    sql
}

fn action(action: Action) -> Option<&'static str> {
    match action {
        Action::NoAction => None,
        Action::Restrict => Some("RESTRICT"),
        Action::Cascade => Some("CASCADE"),
        Action::SetNull => Some("SET NULL"),
        Action::SetDefault => Some("SET DEFAULT"),
    }
}

/// `CREATE INDEX`.
pub(crate) fn create_index(table: Place<'_>, index: &Index) -> String {
    let Index { name, keys, unique, predicate, extras } = index;
    let unique = if *unique { "UNIQUE " } else { "" };
    let keys: Vec<String> = keys.iter().map(index_key).collect();
    let include = extras.iter().find_map(|extra| {
        if let Extra::Include(columns) = extra {
            Some(format!(" INCLUDE ({})", idents(columns)))
        } else {
            None
        }
    });
    let distinct = if extras.has(&Extra::NullsNotDistinct) { " NULLS NOT DISTINCT" } else { "" };
    let rows = predicate.as_ref().map(|it| format!(" WHERE {}", expr(it.as_str())));
    format!(
        "CREATE {unique}INDEX {} ON {}{} ({}){}{distinct}{}{}",
        ident(name),
        place(table),
        method(extras),
        keys.join(", "),
        include.unwrap_or_default(),
        parameters(extras),
        rows.unwrap_or_default()
    )
}

/// `DROP INDEX`.
pub(crate) fn drop_index(schema: Option<&str>, name: &str) -> String {
    format!("DROP INDEX {}", within(schema, name))
}

fn index_key(key: &IndexKey) -> String {
    let IndexKey { expr: of, is_column, order, extras } = key;
    let of = if *is_column { ident(of.as_str()) } else { expression(of.as_str()) };
    let part = |pick: &dyn Fn(&Extra) -> Option<String>| {
        extras.iter().find_map(pick).map(|it| format!(" {it}")).unwrap_or_default()
    };
    let collate = extras.collation().map(|name| format!(" COLLATE {}", collation(name)));
    let collate = collate.unwrap_or_default();
    let class = part(&|extra| {
        if let Extra::Opclass(class) = extra { Some(class.to_string()) } else { None }
    });
    let nulls = part(&|extra| {
        let first = (*extra == Extra::NullsFirst).then(|| "NULLS FIRST".to_owned());
        first.or_else(|| (*extra == Extra::NullsLast).then(|| "NULLS LAST".to_owned()))
    });
    let order = match order {
        Order::Asc => "",
        Order::Desc => " DESC",
    };
    format!("{of}{collate}{class}{order}{nulls}")
}

/// An expression as an index takes it: a call of a function bare, all else in parentheses.
fn expression(text: &str) -> String {
    let bare = expr(text);
    let solid: Vec<_> =
        sql::tokens(&bare, Dialect::Postgres).filter(|token| token.kind != Kind::Space).collect();
    let call = match &solid[..] {
        [first, open, inner @ .., _] => {
            let mut depth = 1;
            let whole = inner.iter().all(|token| {
                match token.text {
                    "(" => depth += 1,
                    ")" => depth -= 1,
                    _ => {}
                }
                depth > 0
            });
            first.kind == Kind::Word && open.text == "(" && whole && bare.ends_with(')')
        }
        _ => false,
    };
    if call || bare.starts_with('(') && bare.to_ascii_lowercase().starts_with("(select") {
        bare
    } else {
        format!("({bare})")
    }
}

/// Where a remark is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum On {
    Table,
    Column(Text),
    Constraint(Text),
    Index(Text),
    Type,
}

/// `COMMENT ON`.
pub(crate) fn comment(at: Place<'_>, on: &On, text: Option<&str>) -> String {
    let object = match on {
        On::Table => format!("TABLE {}", place(at)),
        On::Column(name) => format!("COLUMN {}.{}", place(at), ident(name)),
        On::Constraint(name) => format!("CONSTRAINT {} ON {}", ident(name), place(at)),
        On::Index(name) => format!("INDEX {}", within(at.schema, name)),
        On::Type => format!("TYPE {}", place(at)),
    };
    let text = text.map_or_else(|| "NULL".to_owned(), super::quote::string);
    format!("COMMENT ON {object} IS {text}")
}

/// The remark on a rule, where it has one.
pub(crate) fn rule_comment(table: Place<'_>, rule: &Rule) -> Option<String> {
    let text = rule.extras().comment()?;
    Some(comment(table, &on_rule(rule), Some(text)))
}

pub(crate) fn on_rule(rule: &Rule) -> On {
    let name = rule.name().clone();
    if rule.is_index() { On::Index(name) } else { On::Constraint(name) }
}

/// Every remark in a new table.
pub(crate) fn comments(table: &Table) -> Vec<String> {
    let own = table.comment.as_ref().map(|text| comment(table.place(), &On::Table, Some(text)));
    let columns = table.columns.iter().filter_map(|column| {
        let on = On::Column(column.name.clone());
        column.comment.as_ref().map(|text| comment(table.place(), &on, Some(text)))
    });
    own.into_iter().chain(columns).collect()
}
