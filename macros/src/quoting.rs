//! Facts as tokens of the constants that make them.

mod types;

use diesel_autogen_schema::{
    Action, Check, Column, Deferrable, Excluded, Exclusion, Extra, Extras, Generated, Identity,
    Index, IndexKey, Order, Storage, Text, Unique,
};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

pub(crate) use types::{column_type, diesel_type, enumeration, sql_type};

/// Where expansions find what they call, inside of what was [`opened`].
pub(crate) fn private() -> TokenStream {
    quote!(__autogen)
}

/// Items that call what is [`private`]: a short name for it, since every model's facts call it some
/// hundred times and the compiler keeps each word.
pub(crate) fn opened(items: &TokenStream) -> TokenStream {
    let open = open();
    quote! {
        const _: () = {
            #open
            #items
        };
    }
}

/// What makes the short name known in a block.
pub(crate) fn open() -> TokenStream {
    quote! {
        #[allow(unused_imports)]
        use ::diesel_autogen::private as __autogen;
    }
}

/// `Some("…")` or `None`.
pub(crate) fn maybe<T: AsRef<str>>(text: Option<T>) -> TokenStream {
    let p = private();
    match text {
        Some(text) => {
            let text = text.as_ref();
            quote!(#p::Some(#text))
        }
        None => quote!(#p::None),
    }
}

fn number(number: Option<u32>) -> TokenStream {
    let p = private();
    match number {
        Some(number) => quote!(#p::Some(#number)),
        None => quote!(#p::None),
    }
}

/// A compiled-in list. Braces in place of parentheses keep what is in it alive: a constant lends
/// for ever what stands in struct expressions, not what is handed to a call.
pub(crate) fn list(items: impl IntoIterator<Item = TokenStream>) -> TokenStream {
    let p = private();
    let items = items.into_iter();
    quote!(#p::List::Borrowed { 0: &[#(#items),*] })
}

/// A list of names.
pub(crate) fn texts<T: AsRef<str>>(names: &[T]) -> TokenStream {
    let p = private();
    let names = names.iter().map(AsRef::as_ref);
    quote!(#p::List::Borrowed { 0: &#p::texts([#(#names),*]) })
}

/// A text that may be missing, as facts have it.
pub(crate) fn own_text(text: &Option<Text>) -> TokenStream {
    let p = private();
    match text {
        Some(text) => quote!(#p::Some { 0: #p::text(#text) }),
        None => quote!(#p::None),
    }
}

/// What only some engines can say, as a slice. A constant of its own lends it for ever, whatever
/// call it is handed to.
pub(crate) fn extras(extras: &Extras) -> TokenStream {
    if extras.is_empty() {
        return quote!(&[]);
    }
    let p = private();
    let extras = extras.iter().map(extra);
    quote! {{
        const EXTRAS: &[#p::Extra] = &[#(#extras),*];
        EXTRAS
    }}
}

/// What only some engines can say, as facts have it.
pub(crate) fn own_extras(of: &Extras) -> TokenStream {
    let p = private();
    if of.is_empty() {
        return quote!(#p::Extras::NONE);
    }
    let extras = extras(of);
    quote!(#p::Extras { 0: #p::List::Borrowed { 0: #extras } })
}

fn extra(extra: &Extra) -> TokenStream {
    let p = private();
    let text = |text: &Text| quote!(#p::text(#text));
    let one = |name: &str, it: &Text| {
        let (name, it) = (format_ident!("{name}"), text(it));
        quote!(#name(#it))
    };
    let variant = match extra {
        Extra::Method(it) => one("Method", it),
        Extra::Include(names) => {
            let names = texts(names);
            quote!(Include { 0: #names })
        }
        Extra::NullsNotDistinct => quote!(NullsNotDistinct),
        Extra::Collate(it) => one("Collate", it),
        Extra::Opclass(it) => one("Opclass", it),
        Extra::NullsFirst => quote!(NullsFirst),
        Extra::NullsLast => quote!(NullsLast),
        Extra::Deferrable(mode) => {
            let mode = deferrable(*mode);
            quote!(Deferrable(#mode))
        }
        Extra::MatchFull => quote!(MatchFull),
        Extra::SetColumns(names) => {
            let names = texts(names);
            quote!(SetColumns { 0: #names })
        }
        Extra::Start(number) => quote!(Start(#number)),
        Extra::Increment(number) => quote!(Increment(#number)),
        Extra::Least(number) => quote!(Least(#number)),
        Extra::Greatest(number) => quote!(Greatest(#number)),
        Extra::Cache(number) => quote!(Cache(#number)),
        Extra::Cycle => quote!(Cycle),
        Extra::With(name, value) => {
            let (name, value) = (text(name), text(value));
            quote!(With(#name, #value))
        }
        Extra::Comment(it) => one("Comment", it),
        Extra::Engine(it) => one("Engine", it),
        Extra::OnUpdateNow => quote!(OnUpdateNow),
        Extra::Prefix(number) => quote!(Prefix(#number)),
        Extra::Follows(it) => one("Follows", it),
        Extra::FollowsBy(it) => one("FollowsBy", it),
        Extra::Retired(it) => one("Retired", it),
    };
    quote!(#p::Extra::#variant)
}

/// A column; `ty` makes its type.
pub(crate) fn column(column: &Column, identity: Option<Identity>, ty: &TokenStream) -> TokenStream {
    let p = private();
    let Column {
        name,
        sql_type: _,
        nullable,
        default,
        generated,
        identity: _,
        collation,
        extras: own,
        comment,
        renamed_from,
        backfill,
        using,
    } = column;
    let mut more = Vec::new();
    let mut text = |key: &str, value: Option<&str>| {
        if let Some(value) = value {
            let key = format_ident!("{key}");
            more.push(quote!(#key: #p::Some(#value)));
        }
    };
    text("default", default.as_ref().map(|it| it.as_str()));
    text("collation", collation.as_deref());
    text("comment", comment.as_deref());
    text("renamed_from", renamed_from.as_deref());
    text("backfill", backfill.as_ref().map(|it| it.as_str()));
    text("using", using.as_ref().map(|it| it.as_str()));
    more.extend(generated.as_ref().map(self::generated));
    if let Some(identity) = identity {
        let identity = match identity {
            Identity::ByDefault => quote!(ByDefault),
            Identity::Always => quote!(Always),
            Identity::Serial => quote!(Serial),
            Identity::Autoincrement => quote!(Autoincrement),
        };
        more.push(quote!(identity: #p::Some(#p::Identity::#identity)));
    }
    if !own.is_empty() {
        let own = extras(own);
        more.push(quote!(extras: #own));
    }
    // Columns are many, and most have nothing else, or one of these.
    let head = quote!(#name, #ty, #nullable);
    match (&more[..], default, identity) {
        ([], _, _) => quote!(#p::column(#head)),
        ([_], Some(default), _) => {
            let default = default.as_str();
            quote!(#p::column_default(#head, #default))
        }
        ([_], None, Some(Identity::ByDefault)) => quote!(#p::column_numbered(#head)),
        (more, _, _) => quote!(#p::column_with(#head, #p::More { #(#more,)* ..#p::MORE })),
    }
}

fn generated(of: &Generated) -> TokenStream {
    let (p, sql) = (private(), of.expr.as_str());
    let storage = match of.storage {
        Storage::Stored => quote!(Stored),
        Storage::Virtual => quote!(Virtual),
    };
    quote!(generated: #p::Some((#sql, #p::Storage::#storage)))
}

/// A uniqueness rule.
pub(crate) fn unique(unique: &Unique) -> TokenStream {
    let p = private();
    let Unique { name, columns, extras } = unique;
    let (columns, extras) = (texts::<Text>(columns), own_extras(extras));
    quote!(#p::Unique { name: #p::text(#name), columns: #columns, extras: #extras })
}

/// An index.
pub(crate) fn index(index: &Index) -> TokenStream {
    let p = private();
    let Index { name, keys, unique, predicate, extras } = index;
    let predicate = maybe(predicate.as_ref().map(|it| it.as_str()));
    let (keys, extras) = (self::keys(keys), own_extras(extras));
    quote! {
        #p::Index {
            name: #p::text(#name),
            keys: #keys,
            unique: #unique,
            predicate: #p::expr(#predicate),
            extras: #extras,
        }
    }
}

fn keys(keys: &[IndexKey]) -> TokenStream {
    let p = private();
    let plain = |key: &IndexKey| key.is_column && key.extras.is_empty();
    if !keys.iter().all(plain) {
        return list(keys.iter().map(key));
    }
    let names = keys.iter().map(|key| key.expr.as_str());
    if keys.iter().all(|key| key.order == Order::Asc) {
        return quote!(#p::List::Borrowed { 0: &#p::keys([#(#names),*]) });
    }
    let falls = keys.iter().map(|key| key.order == Order::Desc);
    quote!(#p::List::Borrowed { 0: &#p::sorted([#((#names, #falls)),*]) })
}

fn key(key: &IndexKey) -> TokenStream {
    let p = private();
    let IndexKey { expr, is_column, order, extras: own } = key;
    let (sql, own) = (expr.as_str(), extras(own));
    let order = match order {
        Order::Asc => quote!(Asc),
        Order::Desc => quote!(Desc),
    };
    quote!(#p::key(#sql, #is_column, #p::Order::#order, #own))
}

/// A check.
pub(crate) fn check(check: &Check) -> TokenStream {
    let p = private();
    let Check { name, expr, extras: own } = check;
    let (sql, own) = (expr.as_str(), extras(own));
    quote!(#p::check(#name, #sql, #own))
}

/// A condition on pairs of rows.
pub(crate) fn exclusion(exclusion: &Exclusion) -> TokenStream {
    let p = private();
    let Exclusion { name, elements, predicate, extras } = exclusion;
    let elements = elements.iter().map(|Excluded { key: of, operator }| {
        let of = key(of);
        quote!(#p::Excluded { key: #of, operator: #p::text(#operator) })
    });
    let predicate = maybe(predicate.as_ref().map(|it| it.as_str()));
    let (elements, extras) = (list(elements), own_extras(extras));
    quote! {
        #p::Exclusion {
            name: #p::text(#name),
            elements: #elements,
            predicate: #p::expr(#predicate),
            extras: #extras,
        }
    }
}

/// An action of a foreign key.
pub(crate) fn action(action: Action) -> TokenStream {
    let p = private();
    let name = match action {
        Action::NoAction => quote!(NoAction),
        Action::Restrict => quote!(Restrict),
        Action::Cascade => quote!(Cascade),
        Action::SetNull => quote!(SetNull),
        Action::SetDefault => quote!(SetDefault),
    };
    quote!(#p::Action::#name)
}

/// When a foreign key is checked.
pub(crate) fn deferrable(mode: Deferrable) -> TokenStream {
    let p = private();
    let name = match mode {
        Deferrable::No => quote!(No),
        Deferrable::InitiallyImmediate => quote!(InitiallyImmediate),
        Deferrable::InitiallyDeferred => quote!(InitiallyDeferred),
    };
    quote!(#p::Deferrable::#name)
}
