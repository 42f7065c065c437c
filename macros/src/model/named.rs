//! The SQL type of a field whose Rust type is the user's own.

use diesel_autogen_grammar::{ColumnItem, ColumnType};
use diesel_autogen_schema::SqlType;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

use super::checks::respan;
use crate::db_type;
use crate::quoting::{self, private};

/// The facts of the type: those of its derive; those of the schema file, if there is one, when it
/// has no derive.
pub(super) fn column(column: &ColumnItem, path: &Path) -> TokenStream {
    let Some(beside) = &column.beside else { return db_type::named(path, column.sizes) };
    let p = private();
    let declared = declared(path, beside);
    let ty = quote! {{
        #[allow(unused_imports)]
        use #p::Filed as _;
        #declared::TYPE
    }};
    db_type::sized(&ty, column.sizes)
}

/// That a type without a derive of ours has an SQL type that is known.
pub(super) fn spelled(column: &ColumnItem) -> Option<TokenStream> {
    let (ColumnType::Named(path), Some(beside)) = (&column.ty, &column.beside) else {
        return None;
    };
    let Err(message) = beside else { return None };
    let span = path.span();
    let (p, declared) = (respan(&private(), span), declared(path, beside));
    Some(quote_spanned! {span=>
        const _: () = {
            #[allow(unused_imports)]
            use #p::Filed as _;
            #p::spelled(#declared::IS_DERIVED, #message)
        };
    })
}

fn declared(path: &Path, beside: &Result<SqlType, String>) -> TokenStream {
    let p = private();
    let file = match beside {
        Ok(SqlType::Text { max_length: Some(most) }) => quote!(#p::Length<#most>),
        Ok(known) => quoting::diesel_type(&ColumnType::Known(known.clone())).unwrap_or_default(),
        Err(_) => quote!(#p::Unknown),
    };
    quote_spanned!(path.span()=> #p::Declared::<#path, #file>)
}
