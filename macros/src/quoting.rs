//! Facts as tokens of the constants that make them.

use diesel_autogen_grammar::ColumnType;
use diesel_autogen_schema::{
    Action, Check, Column, Deferrable, Enum, Identity, Index, Label, Order, SqlType, Storage, Text,
    Unique,
};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// Where expansions find what they call.
pub(crate) fn private() -> TokenStream {
    quote!(::diesel_autogen::private)
}

/// `Some("…")` or `None`.
pub(crate) fn maybe<T: AsRef<str>>(text: Option<T>) -> TokenStream {
    match text {
        Some(text) => {
            let text = text.as_ref();
            quote!(::core::option::Option::Some(#text))
        }
        None => quote!(::core::option::Option::None),
    }
}

fn number(number: Option<u32>) -> TokenStream {
    match number {
        Some(number) => quote!(::core::option::Option::Some(#number)),
        None => quote!(::core::option::Option::None),
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
    list(names.iter().map(|name| {
        let name = name.as_ref();
        quote!(#p::text(#name))
    }))
}

/// A type whose facts are known.
pub(crate) fn sql_type(ty: &SqlType) -> TokenStream {
    let p = private();
    let name = format_ident!("{}", variant(ty));
    match ty {
        SqlType::Numeric { precision, scale } => {
            let (precision, scale) = (number(*precision), number(*scale));
            quote!(#p::SqlType::#name { precision: #precision, scale: #scale })
        }
        SqlType::Text { max_length } => {
            let max_length = number(*max_length);
            quote!(#p::SqlType::#name { max_length: #max_length })
        }
        SqlType::Enum(of) => {
            let of = enumeration(of);
            quote!(#p::SqlType::#name { 0: #of })
        }
        SqlType::Custom(of) => {
            let (own, sql) = (&of.name, &of.sql);
            quote! {
                #p::SqlType::#name(#p::Custom { name: #p::text(#own), sql: #p::text(#sql) })
            }
        }
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Float
        | SqlType::Double
        | SqlType::Bool
        | SqlType::Binary
        | SqlType::Date
        | SqlType::Time
        | SqlType::Timestamp
        | SqlType::TimestamptzSqlite
        | SqlType::Json
        | SqlType::Jsonb => quote!(#p::SqlType::#name),
    }
}

fn variant(ty: &SqlType) -> &str {
    match ty {
        SqlType::Enum(_) => "Enum",
        SqlType::Custom(_) => "Custom",
        other => other.diesel_name(),
    }
}

/// An enum.
pub(crate) fn enumeration(of: &Enum) -> TokenStream {
    let p = private();
    let Enum { name, labels } = of;
    let labels = labels.iter().map(|Label { name, renamed_from }| {
        let renamed_from = maybe(renamed_from.as_ref());
        quote!(#p::label(#name, #renamed_from))
    });
    let labels = list(labels);
    quote!(#p::Enum { name: #p::text(#name), labels: #labels })
}

/// Diesel's type of a column, without `Nullable`; `None` when it is a type of the user's, by path.
pub(crate) fn diesel_type(ty: &ColumnType) -> Option<TokenStream> {
    match ty {
        ColumnType::Known(known) => {
            let name = format_ident!("{}", known.diesel_name());
            Some(quote!(::diesel::sql_types::#name))
        }
        ColumnType::Own { .. } | ColumnType::Named(_) => None,
    }
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
        comment,
        renamed_from,
        backfill,
        using,
    } = column;
    let mut more = Vec::new();
    let mut text = |key: &str, value: Option<&str>| {
        if let Some(value) = value {
            let key = format_ident!("{key}");
            more.push(quote!(#key: ::core::option::Option::Some(#value)));
        }
    };
    text("default", default.as_ref().map(|it| it.as_str()));
    text("collation", collation.as_deref());
    text("comment", comment.as_deref());
    text("renamed_from", renamed_from.as_deref());
    text("backfill", backfill.as_ref().map(|it| it.as_str()));
    text("using", using.as_ref().map(|it| it.as_str()));
    if let Some(generated) = generated {
        let sql = generated.expr.as_str();
        let storage = match generated.storage {
            Storage::Stored => quote!(Stored),
            Storage::Virtual => quote!(Virtual),
        };
        more.push(quote!(generated: ::core::option::Option::Some((#sql, #p::Storage::#storage))));
    }
    if let Some(identity) = identity {
        let identity = match identity {
            Identity::ByDefault => quote!(ByDefault),
            Identity::Autoincrement => quote!(Autoincrement),
        };
        more.push(quote!(identity: ::core::option::Option::Some(#p::Identity::#identity)));
    }
    if more.is_empty() {
        quote!(#p::column(#name, #ty, #nullable))
    } else {
        quote!(#p::column_with(#name, #ty, #nullable, #p::More { #(#more,)* ..#p::MORE }))
    }
}

/// A uniqueness rule.
pub(crate) fn unique(unique: &Unique) -> TokenStream {
    let p = private();
    let Unique { name, columns } = unique;
    let columns = texts::<Text>(columns);
    quote!(#p::Unique { name: #p::text(#name), columns: #columns })
}

/// An index.
pub(crate) fn index(index: &Index) -> TokenStream {
    let p = private();
    let Index { name, keys, unique, predicate } = index;
    let keys = keys.iter().map(|key| {
        let (sql, is_column) = (key.expr.as_str(), key.is_column);
        let order = match key.order {
            Order::Asc => quote!(Asc),
            Order::Desc => quote!(Desc),
        };
        quote!(#p::key(#sql, #is_column, #p::Order::#order))
    });
    let predicate = maybe(predicate.as_ref().map(|it| it.as_str()));
    let keys = list(keys);
    quote! {
        #p::Index {
            name: #p::text(#name),
            keys: #keys,
            unique: #unique,
            predicate: #p::expr(#predicate),
        }
    }
}

/// A check.
pub(crate) fn check(check: &Check) -> TokenStream {
    let p = private();
    let Check { name, expr } = check;
    let sql = expr.as_str();
    quote!(#p::check(#name, #sql))
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
