use diesel_autogen_grammar::{Sizes, TypeItem, db_type};
use diesel_autogen_schema::SqlType;
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::db_enum::stub;
use crate::own_type::{self, OwnType, Stored};
use crate::project::project;
use crate::quoting::{self, opened, private};

/// `impl DbType` and what makes the newtype a type of its own, stored as what it holds.
pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    let project = project();
    let item = match db_type(input, project.dialect()) {
        Ok(item) => item,
        Err(errors) => return stub(input, &errors),
    };
    let TypeItem { ident, inner, ty, sizes, dialect } = item;
    let (p, backend) = (private(), project.backend());
    let stored_as = quoting::diesel_type(&ty, &|path| Some(quote!(#path))).unwrap_or_default();
    let known = ty.facts(SqlType::TEXT);
    let facts = match ty.named() {
        // What does not take the parameters was told.
        None => quoting::sql_type(&sizes.apply(known.clone(), dialect).unwrap_or(known)),
        Some(_) => quoting::column_type(&ty, &|path| named(path, sizes)),
    };
    let own = OwnType {
        ident: &ident,
        stored: Stored::As(stored_as.clone()),
        to_sql: quote! {
            <#inner as ::diesel::serialize::ToSql<#stored_as, #backend>>::to_sql(&self.0, out)
        },
        from_sql: quote! {
            <#inner as ::diesel::deserialize::FromSql<#stored_as, #backend>>::from_sql(value)
                .map(#ident)
        },
        also: project.has_schema_file().then_some(stored_as).into_iter().collect(),
    };
    let diesel = own_type::expand(&own, &project);
    let known = opened(&quote! {
        impl ::diesel_autogen::DbType for #ident {
            const TYPE: #p::SqlType = #facts;
        }
    });
    quote!(#known #diesel)
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
        Some(number) => quote!(#p::Some(#number)),
        None => quote!(#p::None),
    };
    let (max_length, precision, scale) = (number(max_length), number(precision), number(scale));
    quote!(#p::sized(#own, #max_length, #precision, #scale))
}
