//! What only newer servers can do than those that a package is for.

use diesel_autogen_schema::drift::Fact;
use diesel_autogen_schema::{Dialect, Extra, Extras, PgType, SqlType, Storage};

use super::ModelItem;
use crate::rust_type::ColumnType;

impl ModelItem {
    /// An error for each thing that the oldest server of the package does not have, at the token
    /// that asks for it.
    pub fn too_new(&self, minimum: (u16, u16, u16)) -> Vec<syn::Error> {
        match self.dialect {
            Dialect::Postgres => {}
            // What depends on their releases is told by the planner, which knows a way round most.
            Dialect::Sqlite | Dialect::Mysql => return Vec::new(),
        }
        let mut found = Vec::new();
        let mut need = |fact: Fact, what: &str, major: u16| {
            if minimum < (major, 0, 0) {
                let message = format!(
                    "{what} needs PostgreSQL {major} or later, and the package is for {} or later: \
                     `minimum-server` in `[package.metadata.diesel_autogen]` says so",
                    minimum.0
                );
                found.push(syn::Error::new(self.spans.of(&fact), message));
            }
        };
        for rule in self.facts.uniques.iter().filter(|it| nulls_are_same(&it.extras)) {
            need(Fact::Unique(rule.name.to_string()), "`nulls_not_distinct`", 15);
        }
        for index in self.facts.indexes.iter().filter(|it| nulls_are_same(&it.extras)) {
            need(Fact::Index(index.name.to_string()), "`nulls_not_distinct`", 15);
        }
        let some = |extras: &Extras| extras.iter().any(|it| matches!(it, Extra::SetColumns(_)));
        for key in self.foreign_keys.iter().filter(|it| some(&it.extras)) {
            need(Fact::ForeignKey(key.name.clone()), "`on_delete` of some columns of a key", 15);
        }
        for column in &self.columns {
            let fact = || Fact::Column(column.facts.name.to_string());
            let storage = column.facts.generated.as_ref().map(|it| it.storage);
            if storage == Some(Storage::Virtual) {
                need(fact(), "a `virtual` column", 18);
            }
            if is_multirange(&column.ty) {
                need(fact(), "a multirange", 14);
            }
        }
        found
    }
}

fn nulls_are_same(extras: &Extras) -> bool {
    extras.has(&Extra::NullsNotDistinct)
}

fn is_multirange(of: &ColumnType) -> bool {
    match of {
        ColumnType::Known(of) => matches!(of, SqlType::Pg(PgType::Multirange(_))),
        ColumnType::List { of, holds_null: _ } => is_multirange(of),
        ColumnType::Own { .. } | ColumnType::Named(_) => false,
    }
}
