//! Lists of columns, and what stands with them: indexes, uniqueness rules, checks.

use diesel_autogen_schema::Order;
use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::{Lit, LitStr};

use crate::attributes::{At, Entry, Value, once, pieces, split};
use crate::errors::Errors;
use crate::sqlite;

/// A column in a list.
pub(super) struct Key {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) order: Order,
}

/// `index(…)` or `unique(…)`.
#[derive(Default)]
pub(super) struct IndexAttrs {
    pub(super) name: Option<At<String>>,
    pub(super) columns: Vec<Key>,
    pub(super) on: Option<At<String>>,
    pub(super) unique: bool,
    pub(super) desc: bool,
    pub(super) predicate: Option<At<String>>,
    /// Whether something in it was told to be wrong, so that what is missing may not be missing.
    pub(super) wrong: bool,
}

/// `check(…)`.
pub(super) struct CheckAttrs {
    pub(super) name: Option<At<String>>,
    pub(super) expr: At<String>,
}

/// The columns of a list: names or strings, each perhaps with `asc` or `desc`.
pub(super) fn columns(tokens: TokenStream, errors: &mut Errors) -> Vec<Key> {
    pieces(tokens).into_iter().filter_map(|piece| errors.keep(key(&piece))).collect()
}

fn key(piece: &[TokenTree]) -> syn::Result<Key> {
    let (column, order) = match piece {
        [column] => (column, Order::Asc),
        [column, TokenTree::Ident(order)] if order == "asc" => (column, Order::Asc),
        [column, TokenTree::Ident(order)] if order == "desc" => (column, Order::Desc),
        [_, other, ..] => {
            return Err(syn::Error::new(other.span(), "expected `asc`, `desc` or a comma"));
        }
        [] => return Err(syn::Error::new(Span::call_site(), "expected a column")),
    };
    let span = column.span();
    let name = match column {
        TokenTree::Ident(ident) => ident.unraw().to_string(),
        TokenTree::Literal(literal) => {
            syn::parse2::<LitStr>(TokenTree::Literal(literal.clone()).into())?.value()
        }
        TokenTree::Group(_) | TokenTree::Punct(_) => {
            return Err(syn::Error::new(
                span,
                "expected a column; an expression is `on = \"…\"` of an index",
            ));
        }
    };
    Ok(Key { name, span, order })
}

/// The arguments of an index on the struct: columns bare or in `columns(…)`, and keys.
pub(super) fn index(tokens: TokenStream, what: &str, errors: &mut Errors) -> IndexAttrs {
    let mut found = IndexAttrs::default();
    let mut keyed = TokenStream::new();
    let told = errors.count();
    for piece in pieces(tokens) {
        if let [TokenTree::Ident(function), TokenTree::Group(_)] = &piece[..]
            && what == "index"
            && !INDEX_KEYS.iter().any(|key| function == key)
        {
            let text: TokenStream = piece.iter().cloned().collect();
            errors.at(
                function.span(),
                format_args!("an index on an expression is `index(on = \"{text}\")`"),
            );
            continue;
        }
        let flag = match &piece[..] {
            [TokenTree::Ident(ident)] => ident == "unique" || ident == "deferrable",
            _ => false,
        };
        let value = matches!(&piece[..], [_, TokenTree::Punct(_) | TokenTree::Group(_), ..]);
        if flag || value {
            keyed.extend(piece);
            keyed.extend([TokenTree::from(proc_macro2::Punct::new(
                ',',
                proc_macro2::Spacing::Alone,
            ))]);
        } else {
            found.columns.extend(errors.keep(key(&piece)));
        }
    }
    for entry in split(keyed, errors) {
        found.entry(&entry, what, errors);
    }
    found.wrong = errors.count() > told;
    found
}

/// What stands in an index beside columns.
const INDEX_KEYS: [&str; 7] = ["name", "columns", "on", "unique", "where", "using", "include"];

impl IndexAttrs {
    fn entry(&mut self, entry: &Entry, what: &str, errors: &mut Errors) {
        let index = what == "index";
        match entry.key.as_str() {
            "name" => once(&mut self.name, entry, entry.text(errors), errors),
            "columns" => match &entry.value {
                Value::List(list) => self.columns.extend(columns(list.clone(), errors)),
                Value::Flag | Value::Equals(_) | Value::Literal(_) => {
                    errors.at(entry.span, "write `columns(a, b)`");
                }
            },
            "on" if index => once(&mut self.on, entry, entry.text(errors), errors),
            "where" if index => once(&mut self.predicate, entry, entry.text(errors), errors),
            "unique" if index => self.unique = entry.flag(errors),
            "using" | "include" | "deferrable" | "nulls_not_distinct" => errors.at(
                entry.span,
                format_args!("SQLite has no `{}` for an index or a uniqueness rule", entry.key),
            ),
            _ if index => {
                entry.unknown(errors, "model(index", &["name", "columns", "on", "unique", "where"]);
            }
            _ => entry.unknown(errors, "model(unique", &["name", "columns"]),
        }
    }
}

/// The index on a field: `index`, `index = "name"` or `index(…)`.
pub(super) fn field_index(entry: &Entry, errors: &mut Errors) -> IndexAttrs {
    let mut found = IndexAttrs::default();
    match &entry.value {
        Value::Flag => {}
        Value::Equals(_) | Value::Literal(_) => {
            once(&mut found.name, entry, entry.text(errors), errors);
        }
        Value::List(list) => {
            for entry in split(list.clone(), errors) {
                match entry.key.as_str() {
                    "name" => once(&mut found.name, &entry, entry.text(errors), errors),
                    "where" => once(&mut found.predicate, &entry, entry.text(errors), errors),
                    "unique" => found.unique = entry.flag(errors),
                    "desc" => found.desc = entry.flag(errors),
                    _ => {
                        entry.unknown(errors, "column(index", &["name", "unique", "desc", "where"])
                    }
                }
            }
        }
    }
    found
}

/// The uniqueness of a field: `unique`, `unique = "name"` or `unique(name = "…")`.
pub(super) fn field_unique(entry: &Entry, errors: &mut Errors) -> Option<At<String>> {
    let mut name = None;
    match &entry.value {
        Value::Flag => {}
        Value::Equals(_) | Value::Literal(_) => once(&mut name, entry, entry.text(errors), errors),
        Value::List(list) => {
            for entry in split(list.clone(), errors) {
                match entry.key.as_str() {
                    "name" => once(&mut name, &entry, entry.text(errors), errors),
                    _ => entry.unknown(errors, "column(unique", &["name"]),
                }
            }
        }
    }
    name
}

/// A check: `check = "…"` or `check(name = "…", "…")`.
pub(super) fn check(entry: &Entry, errors: &mut Errors) -> Option<CheckAttrs> {
    let (mut name, mut expr) = (None, None);
    match &entry.value {
        Value::Equals(_) => once(&mut expr, entry, entry.text(errors), errors),
        Value::List(list) => {
            for entry in split(list.clone(), errors) {
                match (&entry.value, entry.key.as_str()) {
                    (Value::Literal(Lit::Str(text)), _) => {
                        once(&mut expr, &entry, Some(text.value()), errors);
                    }
                    (_, "name") => once(&mut name, &entry, entry.text(errors), errors),
                    _ => entry.unknown(errors, "model(check", &["name"]),
                }
            }
        }
        Value::Flag | Value::Literal(_) => {}
    }
    let expr = match expr {
        Some(At { value, .. }) if value.trim().is_empty() => {
            errors.at(entry.span, "`check` is empty");
            return None;
        }
        Some(expr) => expr,
        None => {
            errors.at(entry.span, "a check needs its condition: `check(\"price >= 0\")`");
            return None;
        }
    };
    if let Some(reason) = sqlite::malformed(&expr.value) {
        errors.at(expr.span, format_args!("the check {reason}"));
        return None;
    }
    Some(CheckAttrs { name, expr })
}
