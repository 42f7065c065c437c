//! Attribute arguments as entries, each parsed by itself so that one mistake hides no other.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::{Attribute, Ident, Lit, LitInt, LitStr, Meta};

use crate::errors::{Errors, did_you_mean};

/// One argument of an attribute: `key`, `key = value`, `key(list)`, or a literal.
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) span: Span,
    pub(crate) value: Value,
}

pub(crate) enum Value {
    Flag,
    Equals(TokenStream),
    List(TokenStream),
    /// No key, only this literal.
    Literal(Lit),
}

/// The arguments of every attribute called `name`.
pub(crate) fn entries(attrs: &[Attribute], name: &str, errors: &mut Errors) -> Vec<Entry> {
    let mut found = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident(name)) {
        match &attr.meta {
            Meta::List(list) => found.extend(split(list.tokens.clone(), errors)),
            Meta::Path(_) | Meta::NameValue(_) => {
                errors.at(attr.span(), format_args!("write `#[{name}(…)]`"));
            }
        }
    }
    found
}

/// The entries of a list, split at its commas.
pub(crate) fn split(tokens: TokenStream, errors: &mut Errors) -> Vec<Entry> {
    pieces(tokens).into_iter().filter_map(|piece| errors.keep(entry(piece))).collect()
}

/// The tokens between the commas of a list. A comma inside `<…>` belongs to a type.
pub(crate) fn pieces(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut pieces = vec![Vec::new()];
    let mut depth = 0_i32;
    for token in tokens {
        if let TokenTree::Punct(punct) = &token {
            match punct.as_char() {
                '<' => depth += 1,
                '>' => depth -= 1,
                ',' if depth <= 0 => {
                    pieces.push(Vec::new());
                    continue;
                }
                _ => {}
            }
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(token);
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn entry(tokens: Vec<TokenTree>) -> syn::Result<Entry> {
    let mut rest = tokens.into_iter();
    let Some(first) = rest.next() else {
        return Err(syn::Error::new(Span::call_site(), "an argument is missing"));
    };
    let span = first.span();
    let key = match first {
        TokenTree::Ident(ident) => ident.unraw().to_string(),
        TokenTree::Literal(literal) => {
            let value = Value::Literal(Lit::new(literal));
            return nothing_more(rest.next()).map(|()| Entry { key: String::new(), span, value });
        }
        TokenTree::Group(_) | TokenTree::Punct(_) => {
            return Err(syn::Error::new(span, "expected a name"));
        }
    };
    let value = match rest.next() {
        None => Value::Flag,
        Some(TokenTree::Punct(punct)) if punct.as_char() == '=' => {
            let value: TokenStream = rest.collect();
            if value.is_empty() {
                return Err(syn::Error::new(span, format!("`{key} =` needs a value")));
            }
            return Ok(Entry { key, span, value: Value::Equals(value) });
        }
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
            nothing_more(rest.next())?;
            Value::List(group.stream())
        }
        Some(other) => {
            return Err(syn::Error::new(other.span(), "expected `=`, `(…)` or a comma"));
        }
    };
    Ok(Entry { key, span, value })
}

fn nothing_more(token: Option<TokenTree>) -> syn::Result<()> {
    match token {
        None => Ok(()),
        Some(token) => Err(syn::Error::new(token.span(), "expected a comma")),
    }
}

impl Entry {
    /// That this key stands alone.
    pub(crate) fn flag(&self, errors: &mut Errors) -> bool {
        match self.value {
            Value::Flag => true,
            Value::Equals(_) | Value::List(_) | Value::Literal(_) => {
                errors.at(self.span, format_args!("`{}` takes no value", self.key));
                false
            }
        }
    }

    /// The value of `key = "text"`, which must not be empty.
    pub(crate) fn text(&self, errors: &mut Errors) -> Option<String> {
        let literal = match self.literal() {
            Some(Lit::Str(text)) => text,
            _ => self.parse(errors, "\"…\"", |input: syn::parse::ParseStream| {
                input.parse::<LitStr>()
            })?,
        };
        let text = literal.value();
        if text.trim().is_empty() {
            errors.at(literal.span(), format_args!("`{}` is empty", self.key));
            return None;
        }
        Some(text)
    }

    /// The value of `key = 12`.
    pub(crate) fn number(&self, errors: &mut Errors) -> Option<u32> {
        self.parse(errors, "12", |input: syn::parse::ParseStream| {
            input.parse::<LitInt>()?.base10_parse()
        })
    }

    /// The value of `key = 12` or `key = "text"`, most of what there is: no parser need run.
    pub(crate) fn literal(&self) -> Option<Lit> {
        let Value::Equals(tokens) = &self.value else { return None };
        let mut tokens = tokens.clone().into_iter();
        match (tokens.next(), tokens.next()) {
            (Some(TokenTree::Literal(literal)), None) => Some(Lit::new(literal)),
            _ => None,
        }
    }

    /// The value of `key = word`.
    pub(crate) fn word(&self, errors: &mut Errors, example: &str) -> Option<Ident> {
        self.parse(errors, example, Ident::parse_any)
    }

    /// The value of `key = …`, parsed.
    pub(crate) fn parse<P: Parser>(
        &self,
        errors: &mut Errors,
        example: &str,
        parser: P,
    ) -> Option<P::Output> {
        match &self.value {
            Value::Equals(tokens) => {
                let span = tokens.clone().into_iter().next().map_or(self.span, |it| it.span());
                let parsed = parser.parse2(tokens.clone()).map_err(|_| {
                    syn::Error::new(span, format!("write `{} = {example}`", self.key))
                });
                errors.keep(parsed)
            }
            Value::Flag | Value::List(_) | Value::Literal(_) => {
                errors.at(self.span, format_args!("write `{} = {example}`", self.key));
                None
            }
        }
    }

    /// The one of `all` that `key = word` names.
    pub(crate) fn one_of<T: Copy>(
        &self,
        errors: &mut Errors,
        all: &[T],
        name: fn(T) -> &'static str,
    ) -> Option<T> {
        let names: Vec<&str> = all.iter().map(|it| name(*it)).collect();
        let word = self.word(errors, &names.join("|"))?;
        let text = word.unraw().to_string();
        let found = all.iter().copied().find(|it| name(*it) == text);
        if found.is_none() {
            let hint = did_you_mean(&text, names.iter().copied());
            let names = names.join("`, `");
            errors
                .at(word.span(), format_args!("`{text}` is none of `{names}`{hint}", hint = hint));
        }
        found
    }

    /// That this key is unknown here, with the one that was meant. `attribute` is its path:
    /// `column`, or `model(index` for what stands inside.
    pub(crate) fn unknown(&self, errors: &mut Errors, attribute: &str, known: &[&str]) {
        let attribute = match attribute.split_once('(') {
            Some((outer, inner)) => format!("{outer}({inner}(…))"),
            None => format!("{attribute}(…)"),
        };
        if let Value::Literal(_) = self.value {
            errors.at(self.span, format_args!("`#[{attribute}]` takes no plain literal"));
            return;
        }
        if let Some(example) = of_diesel(&self.key) {
            errors.at(self.span, format_args!("`{}` is Diesel's own: write `{example}`", self.key));
            return;
        }
        let hint = did_you_mean(&self.key, known.iter().copied());
        let hint =
            if hint.is_empty() { format!(": it has `{}`", known.join("`, `")) } else { hint };
        errors.at(self.span, format_args!("`{}` is no key of `#[{attribute}]`{hint}", self.key));
    }
}

/// How Diesel has what is written in one of our attributes.
fn of_diesel(key: &str) -> Option<&'static str> {
    Some(match key {
        "table_name" => "#[diesel(table_name = users)]",
        "primary_key" => "#[diesel(primary_key(id))]",
        "column_name" => "#[diesel(column_name = email)]",
        "belongs_to" => "#[diesel(belongs_to(Team))]",
        _ => return None,
    })
}

/// A value with the token it came from.
#[derive(Clone)]
pub(crate) struct At<T> {
    pub(crate) span: Span,
    pub(crate) value: T,
}

/// Keeps a value that may be given once.
pub(crate) fn once<T>(
    slot: &mut Option<At<T>>,
    entry: &Entry,
    value: Option<T>,
    errors: &mut Errors,
) {
    let Some(value) = value else { return };
    if slot.is_some() {
        errors.at(entry.span, format_args!("`{}` is given twice", entry.key));
        return;
    }
    *slot = Some(At { span: entry.span, value });
}
