use diesel_autogen_grammar::{EnumItem, db_enum};
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::own_type::{self, OwnType};
use crate::project::project;
use crate::quoting::{self, private};

/// `impl DbType` and what makes the enum a text type of its own.
pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    let EnumItem { ident, variants, facts } = match db_enum(input) {
        Ok(item) => item,
        Err(errors) => return stub(input, &errors),
    };
    let p = private();
    let name = &facts.name;
    let labels: Vec<_> = facts.labels.iter().map(|label| &label.name).collect();
    let of = quoting::enumeration(&facts);
    let diesel = own_type::expand(&OwnType {
        ident: &ident,
        stored_as: quote!(::diesel::sql_types::Text),
        to_sql: quote! {
            let label = match self { #(#ident::#variants => #labels,)* };
            <str as ::diesel::serialize::ToSql<
                ::diesel::sql_types::Text,
                ::diesel::sqlite::Sqlite,
            >>::to_sql(label, out)
        },
        from_sql: quote! {
            let label = <::std::string::String as ::diesel::deserialize::FromSql<
                ::diesel::sql_types::Text,
                ::diesel::sqlite::Sqlite,
            >>::from_sql(value)?;
            match label.as_str() {
                #(#labels => ::core::result::Result::Ok(#ident::#variants),)*
                _ => ::core::result::Result::Err(#p::UnknownLabel::boxed(#name, label)),
            }
        },
        also_stored_type: project().has_schema_file(),
    });
    quote! {
        impl ::diesel_autogen::DbType for #ident {
            const TYPE: #p::SqlType = #p::SqlType::Enum { 0: #of };
        }
        #diesel
    }
}

/// The mistakes, and enough of an implementation that nothing else is one.
pub(crate) fn stub(input: &DeriveInput, errors: &[syn::Error]) -> TokenStream {
    let errors = errors.iter().map(syn::Error::to_compile_error);
    let (p, ident) = (private(), &input.ident);
    if !input.generics.params.is_empty() {
        return quote!(#(#errors)*);
    }
    let diesel = own_type::expand(&OwnType {
        ident,
        stored_as: quote!(::diesel::sql_types::Text),
        to_sql: quote! { ::core::unreachable!() },
        from_sql: quote! { ::core::unreachable!() },
        also_stored_type: false,
    });
    quote! {
        #(#errors)*
        impl ::diesel_autogen::DbType for #ident {
            const TYPE: #p::SqlType =
                #p::SqlType::Text { max_length: ::core::option::Option::None };
        }
        #diesel
    }
}
