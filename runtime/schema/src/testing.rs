//! Builders of facts for tests, here and in the crates above.

#[cfg(feature = "proptest")]
pub mod random;
mod renames;

pub use renames::{
    changes_without_hints, hinted_back, name_is_taken_over, names_move, without_hints,
};

use crate::facts::{
    Action, Check, Column, Deferrable, Enum, Expr, Extras, ForeignKey, Identity, Index, IndexKey,
    Label, Schema, SqlType, Table, Text, Unique,
};
use crate::names;

/// A schema of these tables.
pub fn schema(tables: Vec<Table>) -> Schema {
    Schema::of(tables).canonical()
}

/// A table whose primary key is its first column.
pub fn table(name: &str, columns: Vec<Column>) -> Table {
    let key: Vec<Text> = columns.first().map(|column| column.name.clone()).into_iter().collect();
    let mut table = Table::new(name.to_owned().into());
    table.columns = columns.into();
    table.primary_key = key.into();
    table
}

/// A required column.
pub fn column(name: &str, sql_type: SqlType) -> Column {
    Column::new(name.to_owned().into(), sql_type)
}

/// `id`, a 64-bit key that the database makes up.
pub fn id() -> Column {
    Column { identity: Some(Identity::ByDefault), ..column("id", SqlType::BigInt) }
}

/// A required text column.
pub fn text(name: &str) -> Column {
    column(name, SqlType::TEXT)
}

/// A required 64-bit column.
pub fn big(name: &str) -> Column {
    column(name, SqlType::BigInt)
}

/// A required column of an enum called like the column.
pub fn one_of(name: &str, labels: &[&str]) -> Column {
    let label = |label: &&str| Label { name: (*label).to_owned().into(), renamed_from: None };
    let of = Enum::new(name.to_owned(), labels.iter().map(label).collect());
    column(name, SqlType::Enum(of))
}

impl Column {
    /// The same, NULL allowed.
    pub fn null(mut self) -> Column {
        self.nullable = true;
        self
    }

    /// The same with a default.
    pub fn default_sql(mut self, sql: &str) -> Column {
        self.default = Some(Expr(sql.to_owned().into()));
        self
    }

    /// The same with a name that it had.
    pub fn was(mut self, name: &str) -> Column {
        self.renamed_from = Some(name.to_owned().into());
        self
    }
}

impl Table {
    /// The same with one more column.
    pub fn and(mut self, column: Column) -> Table {
        self.columns.to_mut().push(column);
        self
    }

    /// The same with a name that it had.
    pub fn was(mut self, name: &str) -> Table {
        self.renamed_from = Some(name.to_owned().into());
        self
    }

    /// The same with an index over columns.
    pub fn index(mut self, columns: &[&str]) -> Table {
        let key = |name: &&str| IndexKey::column((*name).to_owned().into());
        let index = Index {
            name: names::index(&self.name, columns).into(),
            keys: columns.iter().map(key).collect(),
            unique: false,
            predicate: None,
            extras: Extras::NONE,
        };
        self.indexes.to_mut().push(index);
        self
    }

    /// The same with a uniqueness rule.
    pub fn unique(mut self, columns: &[&str]) -> Table {
        let unique = Unique {
            name: names::unique(&self.name, columns).into(),
            columns: columns.iter().map(|name| Text::from((*name).to_owned())).collect(),
            extras: Extras::NONE,
        };
        self.uniques.to_mut().push(unique);
        self
    }

    /// The same with a condition on rows.
    pub fn check(mut self, name: &str, sql: &str) -> Table {
        let check = Check {
            name: name.to_owned().into(),
            expr: Expr(sql.to_owned().into()),
            extras: Extras::NONE,
        };
        self.checks.to_mut().push(check);
        self
    }

    /// The same with a foreign key from `column` to `table(id)`.
    pub fn references(mut self, column: &str, table: &str, on_delete: Action) -> Table {
        let key = ForeignKey {
            name: names::foreign_key(&self.name, &[column]).into(),
            columns: vec![column.to_owned().into()].into(),
            schema: None,
            table: table.to_owned().into(),
            references: vec!["id".into()].into(),
            on_delete,
            on_update: Action::NoAction,
            deferrable: Deferrable::No,
            extras: Extras::NONE,
        };
        self.foreign_keys.to_mut().push(key);
        self
    }
}
