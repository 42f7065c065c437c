//! `table!` in a schema file: the names of a table and its columns.

use std::path::Path;
use std::sync::Arc;

use diesel_autogen_grammar::ModelItem;
use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, LitStr, Token, braced, parenthesized};

use super::body::{origin, plain};
use super::error::Origin;

/// The module that a `table!` makes, written by hand or by a model's derive.
#[derive(Clone, Debug)]
pub(crate) struct TableModule {
    /// Name of the module.
    pub(crate) name: String,
    pub(crate) sql_name: String,
    /// Names of columns in Rust and in SQL.
    pub(crate) columns: Vec<(String, String)>,
    pub(crate) at: Origin,
}

impl TableModule {
    /// SQL name of the column that is called `name` in Rust.
    pub(crate) fn column(&self, name: &str) -> Option<&str> {
        self.columns.iter().find(|(rust, _)| rust == name).map(|(_, sql)| sql.as_str())
    }

    /// What the derive makes of a model.
    pub(crate) fn of_model(file: &Arc<Path>, item: &ModelItem) -> TableModule {
        let columns = item.columns.iter().filter_map(|column| {
            let field = column.field.as_ref()?;
            Some((plain(&field.column), column.facts.name.to_string()))
        });
        TableModule {
            name: plain(&item.table.ident),
            sql_name: item.table.sql_name.clone(),
            columns: columns.collect(),
            at: origin(file, item.ident.span()),
        }
    }

    /// Reads the tokens of a `table!`.
    pub(crate) fn read(file: &Arc<Path>, tokens: &TokenStream) -> syn::Result<TableModule> {
        let declared = Declared::parse.parse2(tokens.clone())?;
        Ok(TableModule {
            name: plain(&declared.name),
            sql_name: sql_name(&declared.attrs, &declared.name)?,
            columns: declared
                .columns
                .iter()
                .map(|column| Ok((plain(&column.name), sql_name(&column.attrs, &column.name)?)))
                .collect::<syn::Result<_>>()?,
            at: origin(file, declared.name.span()),
        })
    }
}

fn sql_name(attrs: &[Attribute], ident: &Ident) -> syn::Result<String> {
    for attr in attrs {
        if let syn::Meta::NameValue(pair) = &attr.meta
            && pair.path.is_ident("sql_name")
        {
            let text: LitStr = syn::parse2(quote::ToTokens::to_token_stream(&pair.value))?;
            return Ok(text.value());
        }
    }
    Ok(plain(ident))
}

/// `use …; #[meta] schema.name (id) { column -> Type, }`
struct Declared {
    attrs: Vec<Attribute>,
    name: Ident,
    columns: Punctuated<DeclaredColumn, Token![,]>,
}

struct DeclaredColumn {
    attrs: Vec<Attribute>,
    name: Ident,
}

impl Parse for Declared {
    fn parse(input: ParseStream<'_>) -> syn::Result<Declared> {
        while input.peek(Token![use]) {
            input.parse::<syn::ItemUse>()?;
        }
        let attrs = input.call(Attribute::parse_outer)?;
        let mut name: Ident = input.parse()?;
        if input.parse::<Option<Token![.]>>()?.is_some() {
            name = input.parse()?;
        }
        if input.peek(syn::token::Paren) {
            let key;
            parenthesized!(key in input);
            key.parse_terminated(Ident::parse, Token![,])?;
        }
        let content;
        braced!(content in input);
        Ok(Declared { attrs, name, columns: Punctuated::parse_terminated(&content)? })
    }
}

impl Parse for DeclaredColumn {
    fn parse(input: ParseStream<'_>) -> syn::Result<DeclaredColumn> {
        let attrs = input.call(Attribute::parse_outer)?;
        let name = input.parse()?;
        input.parse::<Token![->]>()?;
        input.parse::<syn::Type>()?;
        Ok(DeclaredColumn { attrs, name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_rust_and_in_sql_are_told_apart() {
        let tokens = "use diesel::sql_types::*; /// Doc.
            #[sql_name = \"user\"] app.users (id, r#type) {
                id -> Int4, #[sql_name = \"kind\"] #[max_length = 3] r#type -> Nullable<Varchar>,
            }";
        let table = TableModule::read(&Path::new("s.rs").into(), &tokens.parse().unwrap()).unwrap();
        assert_eq!((table.name.as_str(), table.sql_name.as_str()), ("users", "user"));
        assert_eq!(table.column("type"), Some("kind"));
        assert_eq!(table.column("id"), Some("id"));
        assert_eq!(table.column("kind"), None);
    }
}
