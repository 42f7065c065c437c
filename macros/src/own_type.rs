//! What makes a Rust type its own SQL type to Diesel.

use diesel_autogen_schema::{Dialect, Text};
use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use crate::project::Project;
use crate::quoting::{maybe, open};

/// The parts that differ between an enum and a newtype.
pub(crate) struct OwnType<'a> {
    pub(crate) ident: &'a Ident,
    /// What the database has for it.
    pub(crate) stored: Stored<'a>,
    /// Body of `to_sql(&self, out)`.
    pub(crate) to_sql: TokenStream,
    /// Body of `from_sql(value)`.
    pub(crate) from_sql: TokenStream,
    /// Other Diesel types whose columns hold it too, as a schema file may have it.
    pub(crate) also: Vec<TokenStream>,
}

/// What the database has for a type.
pub(crate) enum Stored<'a> {
    /// The same as for this Diesel type.
    As(TokenStream),
    /// A type of this name, in this schema.
    Called(&'a Option<Text>, &'a Text),
}

/// The expansion, in short:
///
/// ```ignore
/// impl SqlType for Role { type IsNull = NotNull; }
/// impl SingleValue for Role {}
/// impl HasSqlType<Role> for Sqlite { fn metadata(…) { as for the stored type } }
/// impl QueryId for Role { type QueryId = Role; }
/// impl SqlOrd for Role {}
/// #[derive(AsExpression, FromSqlRow)] #[diesel(foreign_derive, sql_type = Role)] struct Proxy(Role);
/// impl ToSql<Role, Sqlite> for Role { … }
/// impl FromSql<Role, Sqlite> for Role { … }
/// ```
pub(crate) fn expand(own: &OwnType, project: &Project) -> TokenStream {
    let OwnType { ident, stored, to_sql, from_sql, also } = own;
    let backend = project.backend();
    let mut sql_types = vec![quote!(#ident)];
    sql_types.extend(also.iter().cloned());
    let (is_array, metadata) = match stored {
        Stored::As(ty) => (is_array(ty, project.dialect()), metadata(ty, &backend)),
        Stored::Called(schema, name) => (None, looked_up(schema, name)),
    };
    quote! {
        impl ::diesel::sql_types::SqlType for #ident {
            type IsNull = ::diesel::sql_types::is_nullable::NotNull;
            #is_array
        }
        impl ::diesel::sql_types::SingleValue for #ident {}
        impl ::diesel::sql_types::SqlOrd for #ident {}
        impl ::diesel::sql_types::HasSqlType<#ident> for #backend {
            fn metadata(
                lookup: &mut <#backend as ::diesel::sql_types::TypeMetadata>::MetadataLookup,
            ) -> <#backend as ::diesel::sql_types::TypeMetadata>::TypeMetadata {
                #metadata
            }
        }
        impl ::diesel::query_builder::QueryId for #ident {
            type QueryId = #ident;
            const HAS_STATIC_QUERY_ID: bool = true;
        }
        const _: () = {
            #[derive(::diesel::expression::AsExpression, ::diesel::deserialize::FromSqlRow)]
            #[diesel(foreign_derive)]
            #(#[diesel(sql_type = #sql_types)])*
            #[allow(dead_code)]
            struct Proxy(#ident);
        };
        #(
            impl ::diesel::serialize::ToSql<#sql_types, #backend> for #ident {
                fn to_sql<'b>(
                    &'b self,
                    out: &mut ::diesel::serialize::Output<'b, '_, #backend>,
                ) -> ::diesel::serialize::Result {
                    #to_sql
                }
            }
            impl ::diesel::deserialize::FromSql<#sql_types, #backend> for #ident {
                fn from_sql(
                    value: <#backend as ::diesel::backend::Backend>::RawValue<'_>,
                ) -> ::diesel::deserialize::Result<Self> {
                    #from_sql
                }
            }
        )*
    }
}

/// Diesel asks whether a type is a list where only PostgreSQL has one.
fn is_array(ty: &TokenStream, dialect: Dialect) -> Option<TokenStream> {
    match dialect {
        Dialect::Sqlite | Dialect::Mysql => None,
        Dialect::Postgres => Some(quote! {
            const IS_ARRAY: bool = <#ty as ::diesel::sql_types::SqlType>::IS_ARRAY;
        }),
    }
}

fn metadata(ty: &TokenStream, backend: &TokenStream) -> TokenStream {
    quote!(<#backend as ::diesel::sql_types::HasSqlType<#ty>>::metadata(lookup))
}

fn looked_up(schema: &Option<Text>, name: &Text) -> TokenStream {
    let (open, schema) = (open(), maybe(schema.as_ref()));
    quote! {
        #open
        ::diesel::pg::PgMetadataLookup::lookup_type(lookup, #name, #schema)
    }
}
