//! Lists of columns, and what stands with them: indexes, uniqueness rules, checks.

use diesel_autogen_schema::{Deferrable, Dialect, Extra, Order};
use proc_macro2::{Punct, Spacing, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::{Lit, LitStr};

use super::actions::deferrable;
use super::extras;
use crate::attributes::{At, Entry, Value, once, pieces, split};
use crate::dialect::{self, Keys};
use crate::errors::Errors;

pub(super) use super::suffix::columns;

/// A column in a list.
pub(super) struct Key {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) order: Order,
    /// How an index compares it.
    pub(super) extras: Vec<Extra>,
}

/// `index(…)` or `unique(…)`.
#[derive(Default)]
pub(super) struct IndexAttrs {
    pub(super) name: Option<At<String>>,
    pub(super) columns: Vec<Key>,
    pub(super) on: Option<At<String>>,
    pub(super) unique: bool,
    pub(super) predicate: Option<At<String>>,
    pub(super) using: Option<At<String>>,
    pub(super) include: Option<At<Vec<Key>>>,
    pub(super) nulls_not_distinct: Option<At<()>>,
    pub(super) deferrable: Option<At<Deferrable>>,
    pub(super) with: Option<At<Vec<Extra>>>,
    pub(super) comment: Option<At<String>>,
    /// What is said about the one key of an index on a field.
    pub(super) key: Option<(Order, Vec<Extra>)>,
    /// Whether something in it was told to be wrong, so that what is missing may not be missing.
    pub(super) wrong: bool,
}

/// `check(…)`.
pub(super) struct CheckAttrs {
    pub(super) name: Option<At<String>>,
    pub(super) expr: At<String>,
    pub(super) comment: Option<At<String>>,
}

/// The arguments of an index on the struct: columns bare or in `columns(…)`, and keys.
pub(super) fn index(
    tokens: TokenStream,
    keys: &Keys,
    dialect: Dialect,
    errors: &mut Errors,
) -> IndexAttrs {
    let mut found = IndexAttrs::default();
    let mut keyed = TokenStream::new();
    let told = errors.count();
    let is_index = keys.has_expressions();
    for piece in pieces(tokens) {
        if let [TokenTree::Ident(function), TokenTree::Group(_)] = &piece[..]
            && is_index
            && !super::suffix::is_prefixed(&piece, dialect)
            && !keys.mentions(&function.to_string())
        {
            let text: TokenStream = piece.iter().cloned().collect();
            errors.at(
                function.span(),
                format_args!("an index on an expression is `index(on = \"{text}\")`"),
            );
            continue;
        }
        let flag = match &piece[..] {
            [TokenTree::Ident(ident)] => FLAGS.iter().any(|flag| ident == flag),
            _ => false,
        };
        let value = match &piece[..] {
            [_, TokenTree::Punct(_), ..] => true,
            [TokenTree::Ident(ident), TokenTree::Group(_), ..] => {
                keys.mentions(&ident.to_string()) || !is_index
            }
            _ => false,
        };
        if flag || value {
            keyed.extend(piece);
            keyed.extend([TokenTree::from(Punct::new(',', Spacing::Alone))]);
        } else {
            found.columns.extend(errors.keep(super::suffix::key(&piece, dialect)));
        }
    }
    for entry in split(keyed, errors) {
        found.entry(&entry, keys, dialect, errors);
    }
    found.wrong = errors.count() > told;
    found
}

/// What stands alone in an index and is no column.
const FLAGS: [&str; 3] = ["unique", "deferrable", "nulls_not_distinct"];

impl IndexAttrs {
    fn entry(&mut self, entry: &Entry, keys: &Keys, dialect: Dialect, errors: &mut Errors) {
        if keys.refuse(entry, dialect, errors) {
            return;
        }
        if !keys.of(dialect).contains(&entry.key.as_str()) {
            keys.unknown(entry, dialect, errors);
            return;
        }
        match entry.key.as_str() {
            "columns" => match &entry.value {
                Value::List(list) => {
                    self.columns.extend(columns(list.clone(), dialect, errors));
                }
                Value::Flag | Value::Equals(_) | Value::Literal(_) => {
                    errors.at(entry.span, "write `columns(a, b)`");
                }
            },
            "on" => once(&mut self.on, entry, entry.text(errors), errors),
            _ => self.common(entry, dialect, errors),
        }
    }

    /// What an index on a struct and one on a field have both.
    fn common(&mut self, entry: &Entry, dialect: Dialect, errors: &mut Errors) {
        match entry.key.as_str() {
            "name" => once(&mut self.name, entry, entry.text(errors), errors),
            "where" => once(&mut self.predicate, entry, entry.text(errors), errors),
            "comment" => once(&mut self.comment, entry, entry.text(errors), errors),
            "using" => extras::method(&mut self.using, entry, dialect, errors),
            "unique" => self.unique = entry.flag(errors),
            "nulls_not_distinct" => {
                let flag = entry.flag(errors).then_some(());
                once(&mut self.nulls_not_distinct, entry, flag, errors);
            }
            "deferrable" => {
                once(&mut self.deferrable, entry, deferrable(entry, errors), errors);
            }
            "with" => {
                let with = extras::parameters(entry, errors);
                once(&mut self.with, entry, Some(with), errors);
            }
            "include" => {
                let list = match &entry.value {
                    Value::List(list) => Some(columns(list.clone(), dialect, errors)),
                    Value::Flag | Value::Equals(_) | Value::Literal(_) => {
                        errors.at(entry.span, "write `include(a, b)`");
                        None
                    }
                };
                once(&mut self.include, entry, list, errors);
            }
            _ => {}
        }
    }
}

/// The index on a field: `index`, `index = "name"` or `index(…)`.
pub(super) fn field_index(entry: &Entry, dialect: Dialect, errors: &mut Errors) -> IndexAttrs {
    let mut found = IndexAttrs::default();
    let told = errors.count();
    match &entry.value {
        Value::Flag => {}
        Value::Equals(_) | Value::Literal(_) => {
            once(&mut found.name, entry, entry.text(errors), errors);
        }
        Value::List(list) => {
            let mut suffix = Vec::new();
            for piece in pieces(list.clone()) {
                if super::suffix::is_suffix(&piece) {
                    suffix.extend(piece);
                    continue;
                }
                for entry in split(piece.into_iter().collect(), errors) {
                    found.field_entry(&entry, dialect, errors);
                }
            }
            if !suffix.is_empty() {
                found.key = errors.keep(super::suffix::read(&suffix, dialect));
            }
        }
    }
    found.wrong = errors.count() > told;
    found
}

impl IndexAttrs {
    fn field_entry(&mut self, entry: &Entry, dialect: Dialect, errors: &mut Errors) {
        let keys = dialect::INDEX.of(dialect).into_iter();
        let mut keys: Vec<&str> =
            keys.filter(|key| !matches!(*key, "columns" | "on" | "where")).collect();
        keys.insert(2, "desc");
        keys.insert(3, "where");
        if entry.key == "opclass" && dialect == Dialect::Postgres {
            let opclass = entry.text(errors).map(|text| Extra::Opclass(text.into()));
            self.key.get_or_insert((Order::Asc, Vec::new())).1.extend(opclass);
        } else if entry.key == "prefix" && dialect == Dialect::Mysql {
            let prefix = entry.number(errors).map(|length: u32| Extra::Prefix(length.into()));
            self.key.get_or_insert((Order::Asc, Vec::new())).1.extend(prefix);
        } else if dialect::INDEX.refuse(entry, dialect, errors) {
        } else if keys.contains(&entry.key.as_str()) {
            self.common(entry, dialect, errors);
        } else {
            entry.unknown(errors, "column(index", &keys);
        }
    }
}

/// The uniqueness of a field: `unique`, `unique = "name"` or `unique(name = "…")`.
pub(super) fn field_unique(entry: &Entry, dialect: Dialect, errors: &mut Errors) -> IndexAttrs {
    let mut found = IndexAttrs::default();
    match &entry.value {
        Value::Flag => {}
        Value::Equals(_) | Value::Literal(_) => {
            once(&mut found.name, entry, entry.text(errors), errors);
        }
        Value::List(list) => {
            let keys = dialect::UNIQUE.of(dialect).into_iter();
            let keys: Vec<&str> = keys.filter(|key| *key != "columns").collect();
            for entry in split(list.clone(), errors) {
                if dialect::UNIQUE.refuse(&entry, dialect, errors) {
                } else if keys.contains(&entry.key.as_str()) {
                    found.common(&entry, dialect, errors);
                } else {
                    entry.unknown(errors, "column(unique", &keys);
                }
            }
        }
    }
    found
}

/// A check: `check = "…"` or `check(name = "…", "…")`.
pub(super) fn check(entry: &Entry, dialect: Dialect, errors: &mut Errors) -> Option<CheckAttrs> {
    let (mut name, mut expr, mut comment) = (None, None, None);
    match &entry.value {
        Value::Equals(_) => once(&mut expr, entry, entry.text(errors), errors),
        Value::List(list) => {
            for entry in split(list.clone(), errors) {
                if dialect::CHECK.refuse(&entry, dialect, errors) {
                    continue;
                }
                match (&entry.value, entry.key.as_str()) {
                    (Value::Literal(Lit::Str(text)), _) => {
                        once(&mut expr, &entry, Some(text.value()), errors);
                    }
                    (_, "name") => once(&mut name, &entry, entry.text(errors), errors),
                    (_, "comment") => once(&mut comment, &entry, entry.text(errors), errors),
                    _ => dialect::CHECK.unknown(&entry, dialect, errors),
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
    if let Some(reason) = dialect::malformed(dialect, &expr.value) {
        errors.at(expr.span, format_args!("the check {reason}"));
        return None;
    }
    Some(CheckAttrs { name, expr, comment })
}

/// The name or the text that a column is called by.
pub(super) fn column_name(token: &TokenTree) -> syn::Result<String> {
    match token {
        TokenTree::Ident(ident) => Ok(ident.unraw().to_string()),
        TokenTree::Literal(literal) => {
            Ok(syn::parse2::<LitStr>(TokenTree::Literal(literal.clone()).into())?.value())
        }
        TokenTree::Group(_) | TokenTree::Punct(_) => Err(syn::Error::new(
            token.span(),
            "expected a column; an expression is `on = \"…\"` of an index",
        )),
    }
}
