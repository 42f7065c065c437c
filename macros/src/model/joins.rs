//! What lets Diesel join a table to the ones it refers to.

use diesel_autogen_grammar::{ForeignKeyItem, ModelItem};
use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

/// `JoinTo` in both directions for every table that one foreign key of one column refers to.
///
/// It is what `joinable!` makes, but for the column that the key refers to: `joinable!` takes the
/// primary key whatever the foreign key says.
pub(super) fn joins(item: &ModelItem, own: &TokenStream) -> TokenStream {
    item.foreign_keys
        .iter()
        .filter(|key| joinable(item, key))
        .filter_map(|key| {
            let column = &key.columns[0];
            let column = item.columns.iter().find(|it| it.facts.name == *column)?;
            let column = &column.field.as_ref()?.column;
            let (table, referenced) = (&key.reference.table, key.reference.columns.first()?);
            let span = table.span();
            let condition = quote_spanned! {span=>
                ::diesel::dsl::Eq<
                    ::diesel::dsl::Nullable<#own::#column>,
                    ::diesel::dsl::Nullable<#table::#referenced>,
                >
            };
            let value = quote_spanned! {span=> {
                use ::diesel::{ExpressionMethods as _, NullableExpressionMethods as _};
                #own::#column.nullable().eq(#table::#referenced.nullable())
            }};
            Some(quote_spanned! {span=>
                impl ::diesel::JoinTo<#table::table> for #own::table {
                    type FromClause = #table::table;
                    type OnClause = #condition;
                    fn join_target(rhs: #table::table) -> (Self::FromClause, Self::OnClause) {
                        (rhs, #value)
                    }
                }
                impl ::diesel::JoinTo<#own::table> for #table::table {
                    type FromClause = #own::table;
                    type OnClause = #condition;
                    fn join_target(rhs: #own::table) -> (Self::FromClause, Self::OnClause) {
                        (rhs, #value)
                    }
                }
            })
        })
        .collect()
}

/// Diesel has one way from table to table, and none from a table to itself.
fn joinable(item: &ModelItem, key: &ForeignKeyItem) -> bool {
    let Some(module) = key.reference.module() else { return false };
    let others = item.foreign_keys.iter().filter(|other| {
        other.join && other.columns.len() == 1 && other.reference.module() == Some(module)
    });
    key.join
        && key.columns.len() == 1
        && module.unraw() != item.table.ident.unraw()
        && others.count() == 1
}
