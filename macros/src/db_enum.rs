use diesel_autogen_grammar::{EnumItem, db_enum};
use diesel_autogen_schema::Dialect;
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::own_type::{self, OwnType, Stored};
use crate::project::project;
use crate::quoting::{self, opened, private};

/// `impl DbType` and what makes the enum a type of its own: text, or a type of the server's.
pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    let project = project();
    let EnumItem { ident, variants, facts, sql_type } = match db_enum(input, project.dialect()) {
        Ok(item) => item,
        Err(errors) => return stub(input, &errors),
    };
    let (p, backend) = (private(), project.backend());
    let name = &facts.name;
    let labels: Vec<_> = facts.labels.iter().map(|label| &label.name).collect();
    let of = quoting::enumeration(&facts);
    let text = quote!(::diesel::sql_types::Text);
    let stored = match project.dialect() {
        Dialect::Sqlite | Dialect::Mysql => Stored::As(text.clone()),
        Dialect::Postgres => Stored::Called(&facts.schema, &facts.name),
    };
    let also = match project.dialect() {
        Dialect::Sqlite | Dialect::Mysql => project.has_schema_file().then(|| text.clone()),
        Dialect::Postgres => sql_type.map(|path| quote!(#path)),
    };
    let own = OwnType {
        ident: &ident,
        stored,
        to_sql: quote! {
            let label = match self { #(#ident::#variants => #labels,)* };
            <str as ::diesel::serialize::ToSql<#text, #backend>>::to_sql(label, out)
        },
        from_sql: quote! {
            let label = <::std::string::String as ::diesel::deserialize::FromSql<
                #text,
                #backend,
            >>::from_sql(value)?;
            match label.as_str() {
                #(#labels => ::core::result::Result::Ok(#ident::#variants),)*
                _ => ::core::result::Result::Err(
                    ::diesel_autogen::private::UnknownLabel::boxed(#name, label),
                ),
            }
        },
        also: also.into_iter().collect(),
    };
    let diesel = own_type::expand(&own, &project);
    let known = opened(&quote! {
        impl ::diesel_autogen::DbType for #ident {
            const TYPE: #p::SqlType = #p::SqlType::Enum { 0: #of };
        }
    });
    quote!(#known #diesel)
}

/// The mistakes, and enough of an implementation that nothing else is one.
pub(crate) fn stub(input: &DeriveInput, errors: &[syn::Error]) -> TokenStream {
    let errors = errors.iter().map(syn::Error::to_compile_error);
    let (p, ident) = (private(), &input.ident);
    if !input.generics.params.is_empty() {
        return quote!(#(#errors)*);
    }
    let own = OwnType {
        ident,
        stored: Stored::As(quote!(::diesel::sql_types::Text)),
        to_sql: quote! { ::core::unreachable!() },
        from_sql: quote! { ::core::unreachable!() },
        also: Vec::new(),
    };
    let diesel = own_type::expand(&own, &project());
    let known = opened(&quote! {
        impl ::diesel_autogen::DbType for #ident {
            const TYPE: #p::SqlType = #p::SqlType::Text { max_length: #p::None };
        }
    });
    quote!(#(#errors)* #known #diesel)
}
