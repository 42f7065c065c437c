use diesel_autogen_grammar::{ColumnType, Sizes, TypeItem, db_type};
use diesel_autogen_schema::SqlType;
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::db_enum::stub;
use crate::own_type::{self, OwnType};
use crate::project::project;
use crate::quoting::{self, private};

/// `impl DbType` and what makes the newtype a type of its own, stored as what it holds.
pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    let item = match db_type(input) {
        Ok(item) => item,
        Err(errors) => return stub(input, &errors),
    };
    let TypeItem { ident, inner, ty, sizes } = item;
    let p = private();
    let stored_as = match &ty {
        ColumnType::Known(_) => quoting::diesel_type(&ty).unwrap_or_default(),
        ColumnType::Own { path, facts: _ } => quote!(#path),
        ColumnType::Named(path) => quote!(#path),
    };
    let facts = match &ty {
        ColumnType::Known(known) => quoting::sql_type(&with(known, sizes)),
        ColumnType::Own { path: _, facts } => quoting::sql_type(&SqlType::Custom(facts.clone())),
        ColumnType::Named(path) => named(path, sizes),
    };
    let diesel = own_type::expand(&OwnType {
        ident: &ident,
        stored_as: stored_as.clone(),
        to_sql: quote! {
            <#inner as ::diesel::serialize::ToSql<#stored_as, ::diesel::sqlite::Sqlite>>::to_sql(
                &self.0,
                out,
            )
        },
        from_sql: quote! {
            <#inner as ::diesel::deserialize::FromSql<
                #stored_as,
                ::diesel::sqlite::Sqlite,
            >>::from_sql(value)
            .map(#ident)
        },
        also_stored_type: project().has_schema_file(),
    });
    quote! {
        impl ::diesel_autogen::DbType for #ident {
            const TYPE: #p::SqlType = #facts;
        }
        #diesel
    }
}

/// The facts of a type of the user's, with the parameters given here.
pub(crate) fn named(path: &syn::Path, sizes: Sizes) -> TokenStream {
    let own = quote::quote_spanned!(syn::spanned::Spanned::span(path)=>
        <#path as ::diesel_autogen::DbType>::TYPE
    );
    sized(&own, sizes)
}

/// The facts `own` with the parameters given here.
pub(crate) fn sized(own: &TokenStream, sizes: Sizes) -> TokenStream {
    if sizes == Sizes::default() {
        return own.clone();
    }
    let p = private();
    let Sizes { max_length, precision, scale } = sizes;
    let number = |number: Option<u32>| match number {
        Some(number) => quote!(::core::option::Option::Some(#number)),
        None => quote!(::core::option::Option::None),
    };
    let (max_length, precision, scale) = (number(max_length), number(precision), number(scale));
    quote!(#p::sized(#own, #max_length, #precision, #scale))
}

fn with(known: &SqlType, sizes: Sizes) -> SqlType {
    match known {
        SqlType::Text { max_length } => {
            SqlType::Text { max_length: sizes.max_length.or(*max_length) }
        }
        SqlType::Numeric { precision, scale } => SqlType::Numeric {
            precision: sizes.precision.or(*precision),
            scale: sizes.scale.or(*scale),
        },
        other => other.clone(),
    }
}
