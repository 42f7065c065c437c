//! Types as tokens: their facts, and Diesel's names.

use diesel_autogen_grammar::ColumnType;
use diesel_autogen_schema::{Enum, Label, MyType, PgType, Size, SqlType};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Path;

use super::{list, maybe, number, own_text, private};

/// A type whose facts are known.
pub(crate) fn sql_type(ty: &SqlType) -> TokenStream {
    let p = private();
    let name = format_ident!("{}", variant(ty));
    match ty {
        SqlType::Numeric { precision, scale } => {
            let (precision, scale) = (number(*precision), number(*scale));
            quote!(#p::SqlType::#name { precision: #precision, scale: #scale })
        }
        SqlType::Text { max_length: None } => quote!(#p::SqlType::TEXT),
        SqlType::Time { precision: None } => quote!(#p::SqlType::TIME),
        SqlType::Timestamp { precision: None } => quote!(#p::SqlType::TIMESTAMP),
        SqlType::Text { max_length } => {
            let max_length = number(*max_length);
            quote!(#p::SqlType::#name { max_length: #max_length })
        }
        SqlType::Time { precision } | SqlType::Timestamp { precision } => {
            let precision = number(*precision);
            quote!(#p::SqlType::#name { precision: #precision })
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
        SqlType::Pg(of) => {
            let of = pg_type(of);
            quote!(#p::SqlType::#name { 0: #of })
        }
        SqlType::My(of) => {
            let of = my_type(*of);
            quote!(#p::SqlType::#name { 0: #of })
        }
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Float
        | SqlType::Double
        | SqlType::Bool
        | SqlType::Binary
        | SqlType::Date
        | SqlType::TimestamptzSqlite
        | SqlType::Json
        | SqlType::Jsonb => quote!(#p::SqlType::#name),
    }
}

fn variant(ty: &SqlType) -> &str {
    match ty {
        SqlType::Enum(_) => "Enum",
        SqlType::Custom(_) => "Custom",
        SqlType::Pg(_) => "Pg",
        SqlType::My(_) => "My",
        other => other.diesel_name(),
    }
}

fn pg_type(ty: &PgType) -> TokenStream {
    let p = private();
    let name = format_ident!("{}", ty.diesel_name());
    match ty {
        PgType::Array(of) => {
            let of = sql_type(of);
            array(&of)
        }
        PgType::Bpchar { length } => {
            let length = number(*length);
            quote!(#p::PgType::#name { length: #length })
        }
        PgType::Timestamptz { precision } => {
            let precision = number(*precision);
            quote!(#p::PgType::#name { precision: #precision })
        }
        PgType::Range(of) => {
            let of = format_ident!("{}", format!("{of:?}"));
            quote!(#p::PgType::Range(#p::RangeOf::#of))
        }
        PgType::Multirange(of) => {
            let of = format_ident!("{}", format!("{of:?}"));
            quote!(#p::PgType::Multirange(#p::RangeOf::#of))
        }
        PgType::CChar
        | PgType::Cidr
        | PgType::Citext
        | PgType::Inet
        | PgType::Interval
        | PgType::MacAddr
        | PgType::MacAddr8
        | PgType::Money
        | PgType::Oid
        | PgType::PgLsn
        | PgType::Uuid
        | PgType::Varchar => quote!(#p::PgType::#name),
    }
}

fn my_type(ty: MyType) -> TokenStream {
    let p = private();
    let size = |size: Size| match size {
        Size::Tiny => quote!(#p::Size::Tiny),
        Size::Medium => quote!(#p::Size::Medium),
        Size::Long => quote!(#p::Size::Long),
    };
    match ty {
        MyType::TinyInt => quote!(#p::MyType::TinyInt),
        MyType::Unsigned(width) => {
            let width = format_ident!("{}", format!("{width:?}"));
            quote!(#p::MyType::Unsigned(#p::Width::#width))
        }
        MyType::Text(of) => {
            let of = size(of);
            quote!(#p::MyType::Text(#of))
        }
        MyType::Blob(of) => {
            let of = size(of);
            quote!(#p::MyType::Blob(#of))
        }
        MyType::Char { length } => quote!(#p::MyType::Char { length: #length }),
        MyType::Binary { length } => quote!(#p::MyType::Binary { length: #length }),
        MyType::Varbinary { length } => quote!(#p::MyType::Varbinary { length: #length }),
        MyType::Bit { length } => quote!(#p::MyType::Bit { length: #length }),
        MyType::Datetime { precision } => {
            let precision = number(precision);
            quote!(#p::MyType::Datetime { precision: #precision })
        }
    }
}

/// The list of values of a type that a constant expression makes. A constant of its own lends the
/// element for ever, whatever call the list is handed to.
pub(crate) fn array(of: &TokenStream) -> TokenStream {
    let p = private();
    quote! {{
        const OF: &#p::SqlType = &#of;
        #p::PgType::Array { 0: #p::Inner::Static { 0: OF } }
    }}
}

/// An enum.
pub(crate) fn enumeration(of: &Enum) -> TokenStream {
    let p = private();
    let Enum { name, schema, labels, comment } = of;
    let labels = labels.iter().map(|Label { name, renamed_from }| {
        let renamed_from = maybe(renamed_from.as_ref());
        quote!(#p::label(#name, #renamed_from))
    });
    let labels = list(labels);
    let (schema, comment) = (own_text(schema), own_text(comment));
    quote!(#p::Enum { name: #p::text(#name), schema: #schema, labels: #labels, comment: #comment })
}

/// Diesel's type of a column, without `Nullable`, when `name` says how a type of the user's is
/// called; `None` when only a schema file says that.
pub(crate) fn diesel_type(
    ty: &ColumnType,
    name: &dyn Fn(&Path) -> Option<TokenStream>,
) -> Option<TokenStream> {
    match ty {
        ColumnType::Known(known) => {
            let name = format_ident!("{}", known.diesel_name());
            Some(match known {
                SqlType::My(MyType::Unsigned(width)) => {
                    let width = format_ident!("{}", width.diesel_name());
                    quote!(::diesel::sql_types::#name<::diesel::sql_types::#width>)
                }
                _ => quote!(::diesel::sql_types::#name),
            })
        }
        ColumnType::Own { path: None, facts: _ } => None,
        ColumnType::Own { path: Some(path), facts: _ } | ColumnType::Named(path) => name(path),
        ColumnType::List { of, holds_null } => {
            let of = diesel_type(of, name)?;
            let of = match holds_null {
                true => quote!(::diesel::sql_types::Nullable<#of>),
                false => of,
            };
            Some(quote!(::diesel::sql_types::Array<#of>))
        }
    }
}

/// The facts of a column's type; `named` makes those of a type of the user's.
pub(crate) fn column_type(ty: &ColumnType, named: &dyn Fn(&Path) -> TokenStream) -> TokenStream {
    let p = private();
    match ty {
        ColumnType::Known(known) => sql_type(known),
        ColumnType::Own { path: _, facts } => sql_type(&SqlType::Custom(facts.clone())),
        ColumnType::Named(path) => named(path),
        ColumnType::List { of, holds_null: _ } => {
            let of = array(&column_type(of, named));
            quote!(#p::SqlType::Pg { 0: #of })
        }
    }
}
