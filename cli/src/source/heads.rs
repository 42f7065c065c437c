//! Models and newtypes as far as other files must know them, free of `syn`: they travel between
//! threads, while the grammar's own items stay where they were parsed.

use std::path::Path;
use std::sync::Arc;

use diesel_autogen_grammar::{ColumnType, ModelItem, Sizes, TypeItem};
use diesel_autogen_schema::{Dialect, SqlType};
use syn::spanned::Spanned;

use super::body::{Route, origin, plain};
use super::error::Origin;

/// What a model asks of other items.
#[derive(Debug)]
pub(crate) struct ModelHead {
    /// Who keeps the grammar's item, and its number there.
    pub(crate) desk: usize,
    pub(crate) number: usize,
    pub(crate) at: Origin,
    /// What `#[diesel(table_name = …)]` says.
    pub(crate) table: Option<Route>,
    /// Name of the `table!` module.
    pub(crate) module: String,
    pub(crate) sql_name: String,
    /// Types of the user's, in the order of the columns that have one.
    pub(crate) types: Vec<TypeHead>,
    /// References, in the order of the foreign keys.
    pub(crate) references: Vec<ReferenceHead>,
    /// Names that Diesel's mapping was taken by, each where it stands first: something else must
    /// not be called so.
    pub(crate) mapped: Vec<(String, Origin)>,
}

/// A type of the user's.
#[derive(Debug)]
pub(crate) struct TypeHead {
    pub(crate) route: Route,
    pub(crate) at: Origin,
    /// What a schema file says about the column, which counts when the type has no derive.
    pub(crate) beside: Option<Result<SqlType, String>>,
}

/// What a foreign key refers to.
#[derive(Debug)]
pub(crate) struct ReferenceHead {
    pub(crate) table: Route,
    pub(crate) at: Origin,
    pub(crate) columns: Vec<(String, Origin)>,
}

/// A newtype.
#[derive(Debug)]
pub(crate) struct Newtype {
    pub(crate) inner: Inner,
    /// Whether it wraps a list of what `inner` says.
    list: bool,
    sizes: Sizes,
    dialect: Dialect,
}

/// What a newtype wraps.
#[derive(Debug)]
pub(crate) enum Inner {
    Known(SqlType),
    Named(Route),
}

impl ModelHead {
    pub(crate) fn of(file: &Arc<Path>, item: &ModelItem, desk: usize, number: usize) -> ModelHead {
        let at = |span| origin(file, span);
        let types = item.columns.iter().filter_map(|column| {
            let path = column.ty.named()?;
            let beside = column.beside.clone();
            Some(TypeHead { route: Route::of(path), at: at(path.span()), beside })
        });
        let mut mapped: Vec<(String, Origin)> = Vec::new();
        for column in &item.columns {
            if let (ColumnType::Known(_), Some(field)) = (&column.ty, &column.field)
                && let syn::Type::Path(path) = &field.reads
                && let Some(name) = path.path.get_ident()
                && !mapped.iter().any(|(known, _)| name == known)
            {
                mapped.push((plain(name), at(name.span())));
            }
        }
        let references = item.foreign_keys.iter().map(|key| ReferenceHead {
            table: Route::of(&key.reference.table),
            at: at(key.reference.table.span()),
            columns: key.reference.columns.iter().map(|it| (plain(it), at(it.span()))).collect(),
        });
        ModelHead {
            desk,
            number,
            at: at(item.ident.span()),
            table: item.table.path.as_ref().map(Route::of),
            module: plain(&item.table.ident),
            sql_name: item.table.sql_name.clone(),
            types: types.collect(),
            references: references.collect(),
            mapped,
        }
    }
}

impl Newtype {
    pub(crate) fn of(item: &TypeItem) -> Newtype {
        let (inner, list) = match item.ty.named() {
            None => (Inner::Known(item.ty.facts(SqlType::TEXT)), false),
            Some(path) => {
                let list = matches!(item.ty, ColumnType::List { .. });
                (Inner::Named(Route::of(path)), list)
            }
        };
        Newtype { inner, list, sizes: item.sizes, dialect: item.dialect }
    }

    /// The newtype's own type when the one inside is `inner`, or why there is none.
    pub(crate) fn apply(&self, inner: SqlType) -> Result<SqlType, String> {
        let inner = if self.list { SqlType::array(inner) } else { inner };
        self.sizes.apply(inner, self.dialect)
    }
}
