//! The SQL type of a field whose Rust type is the user's own.

use diesel_autogen_grammar::{ColumnItem, ColumnType, Sizes};
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
    db_type::sized(&declared(path, beside, &quote!(TYPE)), column.sizes)
}

/// The mark of the column's type, of which `path` is the user's part.
pub(super) fn mark(column: &ColumnItem, path: &Path) -> TokenStream {
    let is_bare = matches!(column.ty, ColumnType::Named(_)) && column.sizes == Sizes::default();
    if is_bare && column.beside.is_none() {
        return quote_spanned!(path.span()=> <#path as ::diesel_autogen::DbType>::MARK);
    }
    let p = private();
    let own = quoting::column_type(&column.ty, &|path| self::column(column, path));
    quote!(#p::mark(#own))
}

/// That a type without a derive of ours has an SQL type that is known.
pub(super) fn spelled(column: &ColumnItem) -> Option<TokenStream> {
    let (ColumnType::Named(path), Some(beside)) = (&column.ty, &column.beside) else {
        return None;
    };
    let Err(message) = beside else { return None };
    let span = path.span();
    let (p, derived) = (respan(&private(), span), declared(path, beside, &quote!(IS_DERIVED)));
    Some(quote_spanned! {span=>
        const _: () = #p::spelled(#derived, #message);
    })
}

/// What is known about a type of the user's that the schema file explains so, or does not:
///
/// ```ignore
/// {
///     struct File;
///     impl FileType for File { const TYPE: SqlType = SqlType::Json; }
///     use Filed as _;
///     Declared::<Settings, File>::TYPE
/// }
/// ```
fn declared(path: &Path, beside: &Result<SqlType, String>, constant: &TokenStream) -> TokenStream {
    let p = private();
    let file = match beside {
        Ok(known) => quoting::sql_type(known),
        // That there is none was told.
        Err(_) => quoting::sql_type(&SqlType::TEXT),
    };
    let declared = quote_spanned!(path.span()=> #p::Declared::<#path, File>::#constant);
    quote! {{
        struct File;
        impl #p::FileType for File {
            const TYPE: #p::SqlType = #file;
        }
        #[allow(unused_imports)]
        use #p::Filed as _;
        #declared
    }}
}
