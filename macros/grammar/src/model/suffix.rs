//! What stands behind a key of an index: its order and how it is compared.

use diesel_autogen_schema::{Dialect, Extra, Order, sql};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;

use super::extras::word;
use super::keys::{Key, column_name};
use crate::attributes::pieces;
use crate::errors::{Errors, did_you_mean};

/// The columns of a list: names or strings, each perhaps with `asc`, `desc` and what else the
/// engine takes there.
pub(crate) fn columns(tokens: TokenStream, dialect: Dialect, errors: &mut Errors) -> Vec<Key> {
    pieces(tokens).into_iter().filter_map(|piece| errors.keep(key(&piece, dialect))).collect()
}

/// One column and what stands behind it.
pub(super) fn key(piece: &[TokenTree], dialect: Dialect) -> syn::Result<Key> {
    let [column, suffix @ ..] = piece else {
        return Err(syn::Error::new(Span::call_site(), "expected a column"));
    };
    let (order, extras) = read(suffix, dialect)?;
    let name = column_name(column)?;
    Ok(Key { name, span: column.span(), order, extras })
}

/// Whether these words are the suffix of a key, and not an option of an index.
pub(super) fn is_suffix(piece: &[TokenTree]) -> bool {
    matches!(piece.first(), Some(TokenTree::Ident(first)) if
        ["asc", "desc", "nulls", "collate"].iter().any(|word| first == word))
}

/// Reads `collate "C" text_pattern_ops desc nulls last`, in any order.
pub(super) fn read(mut tokens: &[TokenTree], dialect: Dialect) -> syn::Result<(Order, Vec<Extra>)> {
    let mut order = None;
    let mut nulls_first = None;
    let mut extras = Vec::new();
    while let Some((first, rest)) = tokens.split_first() {
        let wrong = || syn::Error::new(first.span(), expected(dialect));
        if let Some(length) = prefix(first, dialect)
            && extras.is_empty()
        {
            extras.push(Extra::Prefix(length));
            tokens = rest;
            continue;
        }
        let TokenTree::Ident(ident) = first else { return Err(wrong()) };
        let twice = |is: bool| if is { Err(wrong()) } else { Ok(()) };
        tokens = rest;
        match (ident.unraw().to_string().as_str(), dialect) {
            ("asc", _) => {
                twice(order.is_some())?;
                order = Some(Order::Asc);
            }
            ("desc", _) => {
                twice(order.is_some())?;
                order = Some(Order::Desc);
            }
            (_, Dialect::Sqlite | Dialect::Mysql) => return Err(wrong()),
            ("nulls", Dialect::Postgres) => {
                twice(nulls_first.is_some())?;
                let (place, rest) = rest.split_first().ok_or_else(wrong)?;
                nulls_first = Some(comes_first(place)?);
                tokens = rest;
            }
            ("collate", Dialect::Postgres) => {
                twice(extras.iter().any(|it| matches!(it, Extra::Collate(_))))?;
                let (name, rest) = rest.split_first().ok_or_else(wrong)?;
                let name = word(name).ok_or_else(wrong)?;
                extras.push(Extra::Collate(name.into()));
                tokens = rest;
            }
            (name, Dialect::Postgres) => {
                let hint = did_you_mean(name, ["asc", "desc", "nulls", "collate"]);
                if !hint.is_empty() || extras.iter().any(|it| matches!(it, Extra::Opclass(_))) {
                    return Err(wrong());
                }
                let mut opclass = name.to_owned();
                if let Some((TokenTree::Group(group), rest)) = rest.split_first()
                    && group.delimiter() == Delimiter::Parenthesis
                {
                    opclass.push_str(&arguments(group.stream()));
                    tokens = rest;
                }
                extras.push(Extra::Opclass(opclass.into()));
            }
        }
    }
    let order = order.unwrap_or(Order::Asc);
    extras.extend(nulls(order, nulls_first));
    Ok((order, extras))
}

/// Whether NULLs come `first` or `last`.
fn comes_first(place: &TokenTree) -> syn::Result<bool> {
    match word(place).as_deref() {
        Some("first") => Ok(true),
        Some("last") => Ok(false),
        _ => Err(syn::Error::new(place.span(), "NULLs come `nulls first` or `nulls last`")),
    }
}

/// `(10)`: how much of the column a key takes.
fn prefix(token: &TokenTree, dialect: Dialect) -> Option<i64> {
    let TokenTree::Group(group) = token else { return None };
    let parentheses = group.delimiter() == Delimiter::Parenthesis && dialect == Dialect::Mysql;
    let length: syn::LitInt = syn::parse2(group.stream()).ok().filter(|_| parentheses)?;
    length.base10_parse().ok().filter(|length| *length > 0)
}

/// Whether the piece is a column and how much of it a key takes.
pub(super) fn is_prefixed(piece: &[TokenTree], dialect: Dialect) -> bool {
    matches!(piece, [TokenTree::Ident(_), length, ..] if prefix(length, dialect).is_some())
}

fn expected(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "expected `asc`, `desc` or a comma",
        Dialect::Mysql => "expected a length in parentheses, `asc`, `desc` or a comma",
        Dialect::Postgres => {
            "expected `asc`, `desc`, `nulls first`, `nulls last`, `collate \"…\"`, an operator \
             class, or a comma"
        }
    }
}

/// Where NULLs are, when it is not where the order has them.
fn nulls(order: Order, first: Option<bool>) -> Option<Extra> {
    match (order, first) {
        (Order::Asc, Some(true)) => Some(Extra::NullsFirst),
        (Order::Desc, Some(false)) => Some(Extra::NullsLast),
        (Order::Asc, Some(false) | None) | (Order::Desc, Some(true) | None) => None,
    }
}

/// `(siglen=32)`.
fn arguments(tokens: TokenStream) -> String {
    let arguments: String = tokens.into_iter().map(|token| token.to_string()).collect();
    format!("({arguments})")
}

/// One key of `on = "…"`: its expression, order and what else stands behind it.
pub(super) struct Written {
    pub(super) text: String,
    pub(super) order: Order,
    pub(super) extras: Vec<Extra>,
}

/// The keys of an index, split at the commas outside parentheses.
pub(super) fn split_keys(on: &str, dialect: Dialect) -> Vec<Written> {
    let mut keys = vec![Vec::new()];
    let mut depth = 0_i32;
    for token in sql::tokens(on, dialect) {
        match token.text {
            "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            "," if depth == 0 => {
                keys.push(Vec::new());
                continue;
            }
            _ => {}
        }
        if let Some(key) = keys.last_mut() {
            key.push(token);
        }
    }
    keys.into_iter().map(|tokens| written(tokens, dialect)).collect()
}

fn written(mut tokens: Vec<sql::Token>, dialect: Dialect) -> Written {
    let nulls_first = match dialect {
        Dialect::Sqlite | Dialect::Mysql => None,
        Dialect::Postgres => cut(&mut tokens, &["nulls", "first"])
            .map(|()| true)
            .or_else(|| cut(&mut tokens, &["nulls", "last"]).map(|()| false)),
    };
    let order = match cut(&mut tokens, &["desc"]) {
        Some(()) => Order::Desc,
        None => {
            cut(&mut tokens, &["asc"]);
            Order::Asc
        }
    };
    let mut extras: Vec<Extra> = nulls(order, nulls_first).into_iter().collect();
    match dialect {
        Dialect::Sqlite | Dialect::Mysql => {}
        Dialect::Postgres => {
            extras.extend(opclass(&mut tokens));
            extras.extend(collation(&mut tokens));
        }
    }
    let text: String = tokens.iter().map(|token| token.text).collect();
    Written { text: text.trim().to_owned(), order, extras }
}

/// Cuts these words off the end, if they are there and not all that there is.
fn cut(tokens: &mut Vec<sql::Token>, words: &[&str]) -> Option<()> {
    let solid = solid(tokens);
    let at = solid.len().checked_sub(words.len()).filter(|at| *at > 0)?;
    let found = solid[at..].iter().zip(words).all(|(token, word)| tokens[*token].is_name(word));
    found.then(|| tokens.truncate(solid[at]))
}

/// Where the tokens are that are no space.
fn solid(tokens: &[sql::Token]) -> Vec<usize> {
    let places = tokens.iter().enumerate();
    places.filter(|(_, token)| token.kind != sql::Kind::Space).map(|(at, _)| at).collect()
}

/// Cuts off `text_pattern_ops`, `public.gin_trgm_ops` or `gist_trgm_ops(siglen=32)` behind a whole
/// expression.
fn opclass(tokens: &mut Vec<sql::Token>) -> Option<Extra> {
    let places = solid(tokens);
    let text = |at: usize| tokens[places[at]].text;
    let mut depth = 0_i32;
    for at in 0..places.len() {
        depth += i32::from(text(at) == "(") - i32::from(text(at) == ")");
        // What follows a cast is a type, of any number of words.
        if depth == 0 && at > 0 && text(at) == ":" && text(at - 1) == ":" {
            return None;
        }
    }
    let mut at = places.len().checked_sub(1)?;
    if text(at) == ")" {
        let mut depth = 0_i32;
        loop {
            depth += i32::from(text(at) == ")") - i32::from(text(at) == "(");
            if depth == 0 {
                break;
            }
            at = at.checked_sub(1)?;
        }
        at = at.checked_sub(1)?;
    }
    let is_word = |at: usize| match tokens[places[at]].kind {
        sql::Kind::Word => !crate::dialect::is_keyword(text(at)),
        sql::Kind::Quoted => true,
        sql::Kind::String | sql::Kind::Number | sql::Kind::Punctuation | sql::Kind::Space => false,
    };
    if !is_word(at) {
        return None;
    }
    while at >= 2 && text(at - 1) == "." && is_word(at - 2) {
        at -= 2;
    }
    let before = at.checked_sub(1)?;
    let whole = is_word(before) || text(before) == ")";
    let collated = before.checked_sub(1).is_some_and(|it| text(it).eq_ignore_ascii_case("collate"));
    if !whole && !collated || text(before).eq_ignore_ascii_case("collate") {
        return None;
    }
    let from = places[at];
    let parts: Vec<&str> = places[at..].iter().map(|at| tokens[*at].text).collect();
    let opclass = parts.concat();
    tokens.truncate(from);
    Some(Extra::Opclass(opclass.into()))
}

/// Cuts off `collate "C"`.
fn collation(tokens: &mut Vec<sql::Token>) -> Option<Extra> {
    let places = solid(tokens);
    let [.., before, name] = places[..] else { return None };
    if !tokens[before].is_name("collate") || before == places[0] {
        return None;
    }
    let name = tokens[name].name()?;
    tokens.truncate(before);
    Some(Extra::Collate(name.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(on: &str, dialect: Dialect) -> Vec<(String, Order, Vec<Extra>)> {
        let keys = split_keys(on, dialect).into_iter();
        keys.map(|Written { text, order, extras }| (text, order, extras)).collect()
    }

    #[test]
    fn keys_are_split_at_their_own_commas() {
        let plain = |text: &str, order| (text.to_owned(), order, Vec::new());
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            assert_eq!(
                keys("lower(email), coalesce(a, ',') DESC, \"x,y\" asc", dialect),
                [
                    plain("lower(email)", Order::Asc),
                    plain("coalesce(a, ',')", Order::Desc),
                    plain("\"x,y\"", Order::Asc),
                ]
            );
            assert_eq!(keys("desc", dialect), [plain("desc", Order::Asc)]);
        }
    }

    #[test]
    fn what_stands_behind_a_key_is_told_from_it() {
        let opclass = |name: &'static str| Extra::Opclass(name.into());
        let collate = |name: &'static str| Extra::Collate(name.into());
        let cases: [(&str, &str, Order, Vec<Extra>); 13] = [
            ("a nulls first", "a", Order::Asc, vec![Extra::NullsFirst]),
            ("a desc nulls first", "a", Order::Desc, vec![]),
            ("a desc nulls last", "a", Order::Desc, vec![Extra::NullsLast]),
            ("a text_pattern_ops", "a", Order::Asc, vec![opclass("text_pattern_ops")]),
            ("lower(a) gin_trgm_ops", "lower(a)", Order::Asc, vec![opclass("gin_trgm_ops")]),
            (
                "(a || b) public.gist_trgm_ops (siglen=32) desc",
                "(a || b)",
                Order::Desc,
                vec![opclass("public.gist_trgm_ops(siglen=32)")],
            ),
            ("a collate \"C\"", "a", Order::Asc, vec![collate("C")]),
            (
                "a COLLATE \"de-x-icu\" varchar_pattern_ops",
                "a",
                Order::Asc,
                vec![opclass("varchar_pattern_ops"), collate("de-x-icu")],
            ),
            ("a::double precision", "a::double precision", Order::Asc, vec![]),
            ("(a::text) text_ops", "(a::text)", Order::Asc, vec![opclass("text_ops")]),
            ("a + lower(b)", "a + lower(b)", Order::Asc, vec![]),
            ("a IS NULL", "a IS NULL", Order::Asc, vec![]),
            ("date_trunc('day', at)", "date_trunc('day', at)", Order::Asc, vec![]),
        ];
        for (on, text, order, extras) in cases {
            let expected = (text.to_owned(), order, extras);
            assert_eq!(keys(on, Dialect::Postgres), [expected], "{on}");
        }
        // SQLite has the collation in the expression.
        assert_eq!(keys("a collate nocase desc", Dialect::Sqlite)[0].0, "a collate nocase");
    }
}
