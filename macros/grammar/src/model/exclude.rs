//! `exclude(using = gist, room with "=", during with "&&", where = "…")`.

use diesel_autogen_schema::{Deferrable, Dialect};
use proc_macro2::{TokenStream, TokenTree};
use syn::LitStr;

use super::actions::deferrable;
use super::extras;
use super::keys::Key;
use super::suffix;
use crate::attributes::{At, Entry, Value, once, pieces, split};
use crate::errors::Errors;
use diesel_autogen_schema::Extra;

/// What `exclude(…)` says.
pub(super) struct ExcludeAttrs {
    pub(super) name: Option<At<String>>,
    /// What is compared, a column or an expression, and the operator.
    pub(super) elements: Vec<(Key, String)>,
    pub(super) using: Option<At<String>>,
    pub(super) predicate: Option<At<String>>,
    pub(super) deferrable: Option<At<Deferrable>>,
    pub(super) with: Option<At<Vec<Extra>>>,
    pub(super) comment: Option<At<String>>,
}

pub(super) fn read(entry: &Entry, dialect: Dialect, errors: &mut Errors) -> Option<ExcludeAttrs> {
    let example = "write `exclude(using = gist, room with \"=\", during with \"&&\")`";
    let Value::List(list) = &entry.value else {
        errors.at(entry.span, example);
        return None;
    };
    let mut found = ExcludeAttrs {
        name: None,
        elements: Vec::new(),
        using: None,
        predicate: None,
        deferrable: None,
        with: None,
        comment: None,
    };
    let told = errors.count();
    for piece in pieces(list.clone()) {
        match operator(&piece) {
            Some((key, operator)) => {
                let element = element(key, operator, dialect);
                found.elements.extend(errors.keep(element));
            }
            None => {
                for entry in split(piece.into_iter().collect(), errors) {
                    found.entry(&entry, errors);
                }
            }
        }
    }
    if found.elements.is_empty() && errors.count() == told {
        errors.at(entry.span, example);
    }
    (!found.elements.is_empty()).then_some(found)
}

/// A key and its operator, when the piece has a `with` between them.
fn operator(piece: &[TokenTree]) -> Option<(&[TokenTree], &TokenTree)> {
    match piece {
        [key @ .., TokenTree::Ident(with), operator] if with == "with" && !key.is_empty() => {
            Some((key, operator))
        }
        _ => None,
    }
}

fn element(
    key: &[TokenTree],
    operator: &TokenTree,
    dialect: Dialect,
) -> syn::Result<(Key, String)> {
    let text: LitStr = syn::parse2(TokenStream::from(operator.clone()))
        .map_err(|error| syn::Error::new(error.span(), "an operator is text: `with \"&&\"`"))?;
    let known =
        !text.value().is_empty() && text.value().chars().all(|c| "+-*/<>=~!@#%^&|`?".contains(c));
    if !known && !text.value().to_ascii_lowercase().starts_with("operator(") {
        return Err(syn::Error::new(text.span(), "this is no operator, like `=` or `&&`"));
    }
    Ok((suffix::key(key, dialect)?, text.value()))
}

impl ExcludeAttrs {
    fn entry(&mut self, entry: &Entry, errors: &mut Errors) {
        if let Value::Flag | Value::Literal(_) = entry.value
            && entry.key != "deferrable"
        {
            errors.at(entry.span, "what is compared has an operator: `during with \"&&\"`");
            return;
        }
        match entry.key.as_str() {
            "name" => once(&mut self.name, entry, entry.text(errors), errors),
            "using" => extras::method(&mut self.using, entry, Dialect::Postgres, errors),
            "where" => once(&mut self.predicate, entry, entry.text(errors), errors),
            "deferrable" => {
                once(&mut self.deferrable, entry, deferrable(entry, errors), errors);
            }
            "with" => {
                let with = extras::parameters(entry, errors);
                once(&mut self.with, entry, Some(with), errors);
            }
            "comment" => once(&mut self.comment, entry, entry.text(errors), errors),
            _ => entry.unknown(
                errors,
                "model(exclude",
                &["name", "using", "where", "deferrable", "with", "comment"],
            ),
        }
    }
}
