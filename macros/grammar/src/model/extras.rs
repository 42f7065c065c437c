//! What only some engines can say about a thing, as attributes say it.

use diesel_autogen_schema::{Dialect, Extra, Text};
use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{LitInt, LitStr};

use crate::attributes::{At, Entry, Value, once, pieces};
use crate::errors::Errors;

/// An option of a sequence: `start = 1000`, `cycle`.
pub(super) fn sequence(
    entry: &Entry,
    attribute: &str,
    beside: &[&str],
    errors: &mut Errors,
) -> Option<Extra> {
    let make: fn(i64) -> Extra = match entry.key.as_str() {
        "start" => Extra::Start,
        "increment" => Extra::Increment,
        "least" => Extra::Least,
        "greatest" => Extra::Greatest,
        "cache" => Extra::Cache,
        "cycle" => return entry.flag(errors).then_some(Extra::Cycle),
        _ => {
            let options = ["start", "increment", "least", "greatest", "cache", "cycle"];
            entry.unknown(errors, attribute, &[beside, &options].concat());
            return None;
        }
    };
    let number = entry.parse(errors, "1000", |input: ParseStream| {
        let minus = input.parse::<Option<syn::Token![-]>>()?;
        let number: i64 = input.parse::<LitInt>()?.base10_parse()?;
        Ok(if minus.is_some() { -number } else { number })
    })?;
    if number == 0 && entry.key == "increment" || number < 1 && entry.key == "cache" {
        errors.at(entry.span, format_args!("`{}` cannot be {number}", entry.key));
        return None;
    }
    Some(make(number))
}

/// That nothing is said two times.
pub(super) fn twice(extras: &[Extra], span: Span, errors: &mut Errors) {
    for (at, extra) in extras.iter().enumerate() {
        let same = |other: &Extra| match (other, extra) {
            (Extra::With(a, _), Extra::With(b, _)) => a == b,
            _ => other.key() == extra.key(),
        };
        if extras[..at].iter().any(same) {
            errors.at(span, format_args!("`{}` is given twice", extra.key()));
        }
    }
}

/// The storage parameters of `with(fillfactor = 70, "toast.autovacuum_enabled" = false)`.
pub(super) fn parameters(entry: &Entry, errors: &mut Errors) -> Vec<Extra> {
    let Value::List(list) = &entry.value else {
        errors.at(entry.span, "write `with(fillfactor = 70)`");
        return Vec::new();
    };
    let mut found = Vec::new();
    for piece in pieces(list.clone()) {
        let span = piece.first().map_or(entry.span, TokenTree::span);
        match parameter(&piece) {
            Some((name, value)) => found.push(Extra::With(name, value)),
            None => errors.at(span, "a storage parameter is `name = value`"),
        }
    }
    if list.is_empty() {
        errors.at(entry.span, "`with(…)` has no parameter");
    }
    twice(&found, entry.span, errors);
    found
}

fn parameter(piece: &[TokenTree]) -> Option<(Text, Text)> {
    let [name, TokenTree::Punct(equals), value @ ..] = piece else { return None };
    if equals.as_char() != '=' {
        return None;
    }
    let name = word(name)?;
    let value = match value {
        [value] => word(value)?,
        [TokenTree::Punct(minus), value] if minus.as_char() == '-' => format!("-{}", word(value)?),
        _ => return None,
    };
    Some((name.into(), value.into()))
}

/// A name, a number or a text, without quotes.
pub(super) fn word(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Ident(ident) => Some(ident.unraw().to_string()),
        TokenTree::Literal(literal) => {
            let text = syn::parse2::<LitStr>(TokenStream::from(token.clone()));
            Some(text.map_or_else(|_| literal.to_string(), |text| text.value()))
        }
        TokenTree::Group(_) | TokenTree::Punct(_) => None,
    }
}

/// `using = gin`; nothing for the engine's ordinary way.
pub(super) fn method(
    slot: &mut Option<At<String>>,
    entry: &Entry,
    dialect: Dialect,
    errors: &mut Errors,
) {
    let own: &[&'static str] = match dialect {
        Dialect::Sqlite => &[],
        Dialect::Postgres => &["btree", "hash", "gin", "gist", "spgist", "brin"],
        Dialect::Mysql => &["btree", "hash", "fulltext", "spatial"],
    };
    let word = entry.word(errors, own.get(2).unwrap_or(&"btree"));
    let word = word.map(|word| word.unraw().to_string());
    if let Some(word) = &word {
        let hint = crate::errors::did_you_mean(word, own.iter().copied());
        // Extensions bring others, where there are extensions.
        let open = dialect != Dialect::Mysql && hint.is_empty();
        if !own.contains(&word.as_str()) && !open {
            errors.at(entry.span, format_args!("no index is kept by `{word}`{hint}"));
            return;
        }
    }
    once(slot, entry, word, errors);
}
