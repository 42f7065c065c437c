//! `const TABLE`.

use diesel_autogen_grammar::{ColumnItem, ForeignKeyItem, ModelItem, Reference};
use proc_macro2::TokenStream;
use quote::quote;

use super::named;
use crate::quoting::{self, maybe, private, texts};

/// The facts of a model as a constant expression.
pub(super) fn table(item: &ModelItem) -> TokenStream {
    let p = private();
    let name = &item.table.sql_name;
    let facts = &item.facts;
    let columns = item.columns.iter().map(column);
    let key = facts.primary_key.iter();
    let mut parts = Vec::new();
    let mut part = |key: &str, list: Vec<TokenStream>| {
        if !list.is_empty() {
            let key = quote::format_ident!("{key}");
            parts.push(quote!(#key: &[#(#list),*],));
        }
    };
    part("uniques", facts.uniques.iter().map(quoting::unique).collect());
    part("indexes", facts.indexes.iter().map(quoting::index).collect());
    part("checks", facts.checks.iter().map(quoting::check).collect());
    part("exclusions", facts.exclusions.iter().map(quoting::exclusion).collect());
    part("foreign_keys", item.foreign_keys.iter().map(foreign_key).collect());
    for (set, key) in [(facts.strict, "strict"), (facts.without_rowid, "without_rowid")] {
        let key = quote::format_ident!("{key}");
        parts.extend(set.then(|| quote!(#key: true,)));
    }
    if !facts.extras.is_empty() {
        let extras = quoting::extras(&facts.extras);
        parts.push(quote!(extras: #extras,));
    }
    let texts = [
        (&facts.schema, "schema"),
        (&facts.comment, "comment"),
        (&facts.renamed_from, "renamed_from"),
    ];
    for (text, key) in texts {
        let key = quote::format_ident!("{key}");
        let value = maybe(text.as_ref());
        parts.extend(text.is_some().then(|| quote!(#key: #value,)));
    }
    quote! {
        const PARTS: #p::Parts = #p::Parts {
            name: #name,
            columns: &[#(#columns),*],
            primary_key: &#p::texts([#(#key),*]),
            #(#parts)*
            ..#p::PARTS
        };
        #p::table(PARTS)
    }
}

fn column(column: &ColumnItem) -> TokenStream {
    let (ty, identity) = match column.ty.named() {
        None => (quoting::sql_type(&column.facts.sql_type), column.facts.identity),
        Some(_) => {
            (quoting::column_type(&column.ty, &|path| named::column(column, path)), column.identity)
        }
    };
    quoting::column(&column.facts, identity, &ty)
}

fn foreign_key(key: &ForeignKeyItem) -> TokenStream {
    let p = private();
    let ForeignKeyItem {
        name,
        columns,
        reference,
        on_delete,
        on_update,
        deferrable,
        extras,
        join: _,
    } = key;
    let columns = texts(columns);
    let Reference { table, columns: references } = reference;
    let references = quoting::list(
        references
            .iter()
            .map(|column| quote!(#p::text(<#table::#column as ::diesel::Column>::NAME))),
    );
    let (on_delete, on_update) = (quoting::action(*on_delete), quoting::action(*on_update));
    let deferrable = quoting::deferrable(*deferrable);
    let extras = quoting::own_extras(extras);
    quote! {
        #p::ForeignKey {
            name: #p::text(#name),
            columns: #columns,
            schema: #p::maybe(<#table::table as #p::TableName>::SCHEMA),
            table: #p::text(<#table::table as #p::TableName>::NAME),
            references: #references,
            on_delete: #on_delete,
            on_update: #on_update,
            deferrable: #deferrable,
            extras: #extras,
        }
    }
}
