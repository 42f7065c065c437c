//! `#[derive(Model)]`.

mod checks;
pub(crate) mod drift;
mod facts;
mod joins;
mod named;
mod table;

use diesel_autogen_grammar::{ModelItem, model, sketch};
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::project::{Project, project};
use crate::quoting::{opened, private};

/// The expansion, in short:
///
/// ```ignore
/// diesel::table! { users (id) { id -> BigInt, email -> Text, team_id -> TeamId } }
/// impl JoinTo<teams::table> for users::table { … }
/// const _: () = {
///     use ::diesel_autogen::private as __autogen;
///     impl __autogen::TableName for users::table { const NAME: &str = "users"; }
///     impl Model for User {
///         type Table = users::table;
///         const TABLE: Table = { checks; __autogen::table(…) };
///     }
///     const _: () = { #[deprecated(note = "column `users.bio` is not in …")] fn …; };
/// };
/// ```
pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    let project = project();
    let once = project.once();
    let read = model(input, project.described.as_ref(), project.dialect()).and_then(|item| {
        let too_new = item.too_new(project.config.minimum());
        if too_new.is_empty() { Ok(item) } else { Err(too_new) }
    });
    let item = match read {
        Ok(item) => item,
        Err(errors) => {
            let errors = errors.iter().map(syn::Error::to_compile_error);
            let stub = sketch(input, project.described.as_ref(), project.dialect());
            let stub = stub.map(|item| self::stub(&item, &project));
            return quote!(#once #(#errors)* #stub);
        }
    };
    let path = table::path(&item, &project);
    let (emitted, against) = if project.has_schema_file() {
        (TokenStream::new(), checks::against_file(&item, &path))
    } else {
        let table = table::table(&item);
        let joins = joins::joins(&item, &path);
        let known = checks::known(&item);
        (quote!(#known #table #joins), TokenStream::new())
    };
    let checks = checks::mappings(&item, &path, &project);
    let links = checks::references(&item, &path);
    let labels = checks::labels(&item);
    let facts = facts::table(&item);
    let implementation = implement(&item, &path, &quote!({ #checks #links #facts }));
    let drift = project.measure(item.ident.span()).map(|measure| drift::drift(&item, measure));
    let facts = opened(&quote!(#against #implementation #labels #drift));
    quote!(#once #emitted #facts)
}

fn implement(item: &ModelItem, path: &TokenStream, facts: &TokenStream) -> TokenStream {
    let p = private();
    let (ident, name) = (&item.ident, &item.table.sql_name);
    let schema = item.table.schema.as_ref().map(|schema| {
        quote! {
            const SCHEMA: ::core::option::Option<&'static str> =
                ::core::option::Option::Some(#schema);
        }
    });
    quote! {
        impl #p::TableName for #path::table {
            const NAME: &'static str = #name;
            #schema
        }
        impl ::diesel_autogen::Model for #ident {
            type Table = #path::table;
            const TABLE: #p::Table = #facts;
        }
    }
}

/// What other derives on the struct need to find, so that its mistakes are all that is told.
fn stub(item: &ModelItem, project: &Project) -> TokenStream {
    let p = private();
    let path = table::path(item, project);
    let table = (!project.has_schema_file()).then(|| table::table(item));
    let name = &item.table.sql_name;
    let facts = quote!(#p::table(#p::Parts { name: #name, ..#p::PARTS }));
    let implementation = opened(&implement(item, &path, &facts));
    quote!(#table #implementation)
}
