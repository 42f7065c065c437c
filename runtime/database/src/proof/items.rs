//! A table as a set of lines, one a fact, spelled like a snapshot, so that two tables differ by
//! lines.

use std::collections::BTreeSet;

use diesel_autogen_schema::snapshot::{Snapshot, write};
use diesel_autogen_schema::sql::{self, Kind, Token};
use diesel_autogen_schema::{
    Column, Dialect, Enum, Expr, IndexKey, OwnPlace, Schema, SqlType, Table,
};

use crate::ident::solid;

/// The facts of a table, each on a line.
pub(crate) fn of(table: &Table) -> BTreeSet<String> {
    text(table).lines().map(str::to_owned).collect()
}

/// The facts of a table as a snapshot has them.
pub(crate) fn text(table: &Table) -> String {
    let mut table = plain(table.clone());
    table.renamed_from = None;
    for column in table.columns.to_mut() {
        let Column { renamed_from, .. } = column;
        *renamed_from = None;
    }
    let schema = Schema::of(vec![table.settled()]).canonical();
    let text = write(&Snapshot { schema, ..Snapshot::default() });
    let lines = text.lines().skip_while(|line| !line.starts_with('[')).skip(1);
    lines.collect::<Vec<_>>().join("\n")
}

/// The facts of an enum.
pub(crate) fn of_enum(of: &Enum) -> String {
    let Enum { name: _, schema: _, labels, comment } = of;
    let labels: Vec<String> = labels.iter().map(|label| format!("{:?}", label.name)).collect();
    let comment = comment.as_ref().map(|it| format!(", comment {it:?}")).unwrap_or_default();
    format!("labels {}{comment}", labels.join(", "))
}

/// What a line is about: `column.name`.
pub(crate) fn subject(item: &str) -> &str {
    item.split(" = ").next().unwrap_or(item)
}

/// Whether the line is about this column, wholly or in part.
pub(crate) fn mentions(item: &str, column: &str) -> bool {
    // To the tokens, brackets are quotes round a name.
    Expr::from(item.replace(['[', ']', '.'], " ")).mentions(column, Dialect::Sqlite)
}

/// The table, its enums settled.
pub(crate) fn settled(mut table: Table, settle: &dyn Fn(&mut Enum)) -> Table {
    for column in table.columns.to_mut() {
        enumeration(&mut column.sql_type, settle);
    }
    table
}

/// The table without what these enums are called and what labels they have.
pub(crate) fn without_labels(table: Table, types: &BTreeSet<OwnPlace>) -> Table {
    settled(table, &|of| {
        if types.contains(&OwnPlace::from(of.place())) {
            *of = Enum::new("", Vec::new());
        }
    })
}

fn enumeration(of: &mut SqlType, settle: &dyn Fn(&mut Enum)) {
    if let SqlType::Enum(of) = of {
        settle(of);
    } else if of.enumeration().is_some()
        && let SqlType::Pg(diesel_autogen_schema::PgType::Array(inner)) = of
    {
        let mut element = (**inner).clone();
        enumeration(&mut element, settle);
        *of = SqlType::array(element);
    }
}

/// The text with `?` for these names, given in lower case, and without schemas among them.
pub(crate) fn blurred(text: &str, names: &[String], dialect: Dialect) -> String {
    let tokens = solid(text, dialect);
    let is_blurred =
        |token: &Token<'_>| token.name().is_some_and(|it| names.contains(&it.to_lowercase()));
    let mut out: Vec<&str> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        // A view keeps the name of a column that is renamed under it.
        let word = |at: usize| tokens[at].text.eq_ignore_ascii_case("as");
        if !names.is_empty() && (word(at) || at > 0 && word(at - 1)) {
            continue;
        }
        let after = tokens.get(at + 1).is_some_and(|it| it.text == ".");
        let before = at > 0 && tokens[at - 1].text == "." && at > 1 && is_blurred(&tokens[at - 2]);
        match token {
            token if is_blurred(token) && after => {}
            token if token.text == "." && at > 0 && is_blurred(&tokens[at - 1]) => {}
            token if is_blurred(token) || before && token.text == "." => out.push("?"),
            token => out.push(token.text),
        }
    }
    out.join(" ")
}

/// Expressions in one spelling: a rename may quote a name that the server does not.
fn plain(mut table: Table) -> Table {
    let key = |key: &mut IndexKey| {
        if !key.is_column {
            key.expr = spelled(&key.expr);
        }
    };
    for column in table.columns.to_mut() {
        column.default = column.default.take().map(|it| spelled(&it));
        if let Some(generated) = &mut column.generated {
            generated.expr = spelled(&generated.expr);
        }
    }
    for index in table.indexes.to_mut() {
        index.keys.to_mut().iter_mut().for_each(key);
        index.predicate = index.predicate.take().map(|it| spelled(&it));
    }
    for check in table.checks.to_mut() {
        check.expr = spelled(&check.expr);
    }
    for exclusion in table.exclusions.to_mut() {
        exclusion.elements.to_mut().iter_mut().for_each(|it| key(&mut it.key));
        exclusion.predicate = exclusion.predicate.take().map(|it| spelled(&it));
    }
    table
}

fn spelled(expr: &Expr) -> Expr {
    // Quotes keep upper case apart.
    let is_bare = |name: &str| sql::plain(name) && *name == name.to_ascii_lowercase();
    let token = |token: Token<'_>| match token.name() {
        Some(name) if token.text.starts_with('"') && is_bare(&name) => name,
        Some(_) | None if token.kind == Kind::Space => " ".to_owned(),
        Some(_) | None => token.text.to_owned(),
    };
    Expr::from(sql::tokens(expr.as_str(), Dialect::Postgres).map(token).collect::<String>())
}
