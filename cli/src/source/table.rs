//! `table!` in a schema file: the names of a table and its columns.

use std::path::Path;
use std::sync::Arc;

use diesel_autogen_grammar::{FileTable, ModelItem};
use diesel_autogen_schema::Dialect;
use proc_macro2::TokenStream;

use super::body::{origin, plain};
use super::error::Origin;

/// The module that a `table!` makes, written by hand or by a model's derive.
#[derive(Clone, Debug)]
pub(crate) struct TableModule {
    /// Name of the module.
    pub(crate) name: String,
    /// The schema that it is in, unless it is the one in which the engine looks first.
    pub(crate) schema: Option<String>,
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
        let columns = item.columns.iter().filter(|column| column.field.is_some());
        let columns = columns.map(|column| (column.name.clone(), column.facts.name.to_string()));
        TableModule {
            name: plain(&item.table.ident),
            schema: item.table.schema.clone(),
            sql_name: item.table.sql_name.clone(),
            columns: columns.collect(),
            at: origin(file, item.ident.span()),
        }
    }

    /// Reads the tokens of a `table!`.
    pub(crate) fn read(
        file: &Arc<Path>,
        tokens: &TokenStream,
        dialect: Dialect,
    ) -> syn::Result<TableModule> {
        let (ident, table) = FileTable::read(tokens.clone(), dialect)?;
        Ok(TableModule {
            name: table.name,
            schema: table.schema,
            sql_name: table.sql_name,
            columns: table.columns.into_iter().map(|it| (it.name, it.sql_name)).collect(),
            at: origin(file, ident.span()),
        })
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
        let read = |dialect| {
            let tokens = tokens.parse().unwrap();
            TableModule::read(&Path::new("s.rs").into(), &tokens, dialect).unwrap()
        };
        let table = read(Dialect::Sqlite);
        assert_eq!((table.name.as_str(), table.sql_name.as_str()), ("users", "user"));
        assert_eq!(table.schema, None);
        assert_eq!(read(Dialect::Postgres).schema.as_deref(), Some("app"));
        assert_eq!(table.column("type"), Some("kind"));
        assert_eq!(table.column("id"), Some("id"));
        assert_eq!(table.column("kind"), None);
    }
}
