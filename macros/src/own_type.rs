//! What makes a Rust type its own SQL type to Diesel.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

/// The parts that differ between an enum and a newtype.
pub(crate) struct OwnType<'a> {
    pub(crate) ident: &'a Ident,
    /// The Diesel type that the database has for it.
    pub(crate) stored_as: TokenStream,
    /// Body of `to_sql(&self, out)` for the SQL type `$st`.
    pub(crate) to_sql: TokenStream,
    /// Body of `from_sql(value)`.
    pub(crate) from_sql: TokenStream,
    /// Whether columns of the stored type hold it too, as a schema file may have it.
    pub(crate) also_stored_type: bool,
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
pub(crate) fn expand(own: &OwnType) -> TokenStream {
    let OwnType { ident, stored_as, to_sql, from_sql, also_stored_type } = own;
    let mut sql_types = vec![quote!(#ident)];
    if *also_stored_type {
        sql_types.push(stored_as.clone());
    }
    quote! {
        impl ::diesel::sql_types::SqlType for #ident {
            type IsNull = ::diesel::sql_types::is_nullable::NotNull;
        }
        impl ::diesel::sql_types::SingleValue for #ident {}
        impl ::diesel::sql_types::SqlOrd for #ident {}
        impl ::diesel::sql_types::HasSqlType<#ident> for ::diesel::sqlite::Sqlite {
            fn metadata(lookup: &mut ()) -> ::diesel::sqlite::SqliteType {
                <::diesel::sqlite::Sqlite as ::diesel::sql_types::HasSqlType<#stored_as>>::metadata(
                    lookup,
                )
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
            impl ::diesel::serialize::ToSql<#sql_types, ::diesel::sqlite::Sqlite> for #ident {
                fn to_sql<'b>(
                    &'b self,
                    out: &mut ::diesel::serialize::Output<'b, '_, ::diesel::sqlite::Sqlite>,
                ) -> ::diesel::serialize::Result {
                    #to_sql
                }
            }
            impl ::diesel::deserialize::FromSql<#sql_types, ::diesel::sqlite::Sqlite> for #ident {
                fn from_sql(
                    value: <::diesel::sqlite::Sqlite as ::diesel::backend::Backend>::RawValue<'_>,
                ) -> ::diesel::deserialize::Result<Self> {
                    #from_sql
                }
            }
        )*
    }
}
