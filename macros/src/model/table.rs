//! Diesel's `table!`.

use diesel_autogen_grammar::{ColumnType, Field, ModelItem};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{Ident, Path};

use crate::project::Project;
use crate::quoting;

/// The path of the table's module.
pub(super) fn path(item: &ModelItem, project: &Project) -> TokenStream {
    let ident = &item.table.ident;
    match (project.schema_module(), &item.table.path) {
        (Some(_), Some(path)) => quote!(#path),
        (Some(module), None) => quote!(#module::#ident),
        (None, _) => quote!(#ident),
    }
}

/// The `table!` of a model.
pub(super) fn table(item: &ModelItem) -> TokenStream {
    let ident = &item.table.ident;
    let imports = Imports::of(item);
    let key = item.facts.primary_key.iter().filter_map(|name| {
        let column = item.columns.iter().find(|column| column.facts.name == *name)?;
        column.field.as_ref().map(|field| &field.column)
    });
    let columns = item.columns.iter().filter_map(|column| {
        let Field { column: name, .. } = column.field.as_ref()?;
        let ty = quoting::diesel_type(&column.ty, &|path| Some(imports.name(path)))?;
        let ty = match column.facts.nullable {
            true => quote!(::diesel::sql_types::Nullable<#ty>),
            false => ty,
        };
        let sql_name = sql_name(name, &column.facts.name);
        let max_length = column.sizes.max_length.map(|length| {
            let length = Literal::u32_unsuffixed(length);
            quote!(#[max_length = #length])
        });
        Some(quote!(#sql_name #max_length #name -> #ty,))
    });
    let sql_name = sql_name(ident, &item.table.sql_name);
    // That it is no identifier was told.
    let schema = item.table.schema.as_ref().and_then(|schema| {
        let schema = syn::parse_str::<Ident>(schema).ok()?;
        Some(quote!(#schema.))
    });
    let Imports { aliases, imports, names: _ } = &imports;
    quote! {
        #(#aliases)*
        ::diesel::table! {
            #(#imports)*
            #[allow(missing_docs)]
            #sql_name
            #schema #ident (#(#key),*) { #(#columns)* }
        }
    }
}

fn sql_name(ident: &Ident, name: &str) -> Option<TokenStream> {
    (ident.unraw() != name).then(|| quote!(#[sql_name = #name]))
}

/// How `table!`, a module of its own, reaches the types that the struct names.
struct Imports {
    /// Beside the struct: a name for what only the struct's scope can reach.
    aliases: Vec<TokenStream>,
    /// Inside `table!`.
    imports: Vec<TokenStream>,
    names: Vec<(String, TokenStream)>,
}

impl Imports {
    fn of(item: &ModelItem) -> Imports {
        let mut found = Imports { aliases: Vec::new(), imports: Vec::new(), names: Vec::new() };
        for column in item.columns.iter().filter(|column| column.field.is_some()) {
            found.of_type(&column.ty, &item.table.ident);
        }
        found
    }

    fn of_type(&mut self, ty: &ColumnType, table: &Ident) {
        match ty {
            ColumnType::Known(_) | ColumnType::Own { path: None, facts: _ } => {}
            ColumnType::Own { path: Some(path), facts: _ } | ColumnType::Named(path) => {
                self.add(path, table);
            }
            ColumnType::List { of, holds_null: _ } => self.of_type(of, table),
        }
    }

    fn add(&mut self, path: &Path, table: &Ident) {
        let key = quote!(#path).to_string();
        if self.names.iter().any(|(known, _)| *known == key) {
            return;
        }
        let Some(last) = path.segments.last() else { return };
        let first = path.segments.first().map(|segment| segment.ident.to_string());
        let absolute = path.leading_colon.is_some() || first.as_deref() == Some("crate");
        if absolute {
            self.names.push((key, quote!(#path)));
            return;
        }
        // Two paths may end in one name; operators of Diesel's need no such name.
        let taken = self.names.iter().any(|(_, name)| last.ident == name.to_string());
        let plain = path.segments.len() == 1 && last.arguments.is_empty();
        let at = self.names.len();
        let name = if taken || !plain {
            format_ident!("{}{}", last.ident.unraw(), at, span = last.ident.span())
        } else {
            last.ident.clone()
        };
        // Only the struct's own scope knows whether such a path begins with a module or with a
        // crate. An alias stands there, so that a misspelled name is told once, at the field.
        let alias = format_ident!("__{}_{}", table.unraw(), name);
        self.aliases.push(quote! {
            #[doc(hidden)]
            #[allow(non_camel_case_types)]
            pub type #alias = #path;
        });
        self.imports.push(quote!(use super::#alias as #name;));
        self.names.push((key, quote!(#name)));
    }

    fn name(&self, path: &Path) -> TokenStream {
        let key = quote!(#path).to_string();
        let found = self.names.iter().find(|(known, _)| *known == key);
        found.map_or_else(|| quote!(#path), |(_, name)| name.clone())
    }
}
