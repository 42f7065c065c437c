//! From models to one schema.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use diesel_autogen_grammar::{ColumnItem, ColumnType, Fact, ModelItem, Target};
use diesel_autogen_schema::{Schema, SqlType, Table};
use syn::spanned::Spanned;

use super::body::{Means, Route, origin, plain};
use super::digest::Surroundings;
use super::error::{Origin, SourceError};
use super::items::Item;
use super::load::Files;
use super::package::{Package, Workspace};
use super::scope::Scope;
use super::table::TableModule;
use super::tree::{Meant, Tree};
use super::types::{NoType, sql_type};
use super::{Origins, Source, across, targets};

/// Reads all targets of the package and puts its models together.
pub(crate) fn assemble(
    workspace: &Workspace,
    package: Package,
) -> Result<Source, Vec<SourceError>> {
    let mut tree = Tree::default();
    let mut files = Files::default();
    let around = Arc::new(Surroundings::new(0, &package, &package.workspace_root));
    for target in &package.targets {
        tree.add(&mut files, target, &around);
    }
    let models = models(&tree);
    let mut errors = std::mem::take(&mut tree.errors);
    let (name, config) = (package.name.clone(), package.config.clone());
    let manifest_path = package.manifest.clone();
    let root = package.root().to_owned();
    let mut scope = Scope::new(&mut tree, &mut files, workspace, (package, around));
    let mut tables = Vec::new();
    for (number, module) in models {
        match resolve(&mut scope, number, module) {
            Ok(table) => tables.push(table),
            Err(wrong) => errors.extend(wrong),
        }
    }
    errors.extend(scope.errors());
    errors.extend(across::check(&tables));
    if !errors.is_empty() {
        errors.sort();
        errors.dedup();
        return Err(errors);
    }
    let mut origins = Origins::default();
    let mut facts = Vec::new();
    for Read { table, places } in tables {
        origins.tables.insert(table.name.to_string(), places);
        facts.push(table);
    }
    let schema = Schema { tables: facts.into() }.canonical();
    Ok(Source { schema, origins, config, package: name, manifest_path, root })
}

/// A table and where its facts are declared.
pub(crate) struct Read {
    pub(crate) table: Table,
    pub(crate) places: BTreeMap<Fact, Origin>,
}

impl Read {
    /// The place of a fact.
    pub(crate) fn at(&self, fact: &Fact) -> Option<&Origin> {
        self.places.get(fact).or_else(|| self.places.get(&Fact::Table))
    }
}

/// Each model once, with the first module that it stands in: two targets may share a file.
fn models(tree: &Tree) -> Vec<(usize, usize)> {
    let mut models: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, module, meaning) in tree.all_names() {
        if let Meant::Item(Means::Model(number)) = meaning.means {
            let first = models.entry(number).or_insert(module);
            *first = module.min(*first);
        }
    }
    models.into_iter().collect()
}

fn resolve(scope: &mut Scope<'_>, number: usize, module: usize) -> Result<Read, Vec<SourceError>> {
    let Item { file, item } = scope.files.items.model(number);
    let by_hand = match scope.has_schema_file() {
        true => targets::of_schema_file(scope, module, &item),
        false => Ok(None),
    };
    // Without it the types that no derive tells would be told as mistakes.
    let by_hand = by_hand.map_err(|error| vec![at(&file, &error)])?;
    // In the order in which the grammar asks for them.
    let mut types: Vec<syn::Result<SqlType>> = Vec::new();
    for column in &item.columns {
        if let ColumnType::Named(path) = &column.ty {
            types.push(named(scope, module, path, by_hand_type(by_hand.as_deref(), column)));
        }
    }
    let mut references: Vec<syn::Result<Target>> = Vec::new();
    for key in &item.foreign_keys {
        references.push(targets::target(scope, module, &key.reference));
    }
    let (mut types, mut references) = (types.into_iter(), references.into_iter());
    let asked_too_often = |span| syn::Error::new(span, "nothing is known about this");
    let table = item.resolve(
        |path| types.next().unwrap_or_else(|| Err(asked_too_often(path.span()))),
        |key| references.next().unwrap_or_else(|| Err(asked_too_often(key.table.span()))),
    );
    match table {
        Ok(table) => Ok(Read { places: places(&file, &item, &table), table }),
        Err(errors) => {
            let errors = errors.into_iter().flatten().filter(|error| !is_told(error));
            Err(errors.map(|error| at(&file, &error)).collect())
        }
    }
}

/// What a `table!` by hand says about the type of a column.
fn by_hand_type(table: Option<&TableModule>, column: &ColumnItem) -> Option<SqlType> {
    let field = column.field.as_ref()?;
    table?.column(&plain(&field.column))?.sql_type.clone()
}

fn named(
    scope: &mut Scope<'_>,
    module: usize,
    path: &syn::Path,
    by_hand: Option<SqlType>,
) -> syn::Result<SqlType> {
    match (sql_type(scope, module, &Route::of(path)), by_hand) {
        (Ok(found), _) | (Err(_), Some(found)) => Ok(found),
        (Err(NoType::Because(message)), None) => Err(syn::Error::new(path.span(), message)),
        (Err(NoType::Told), None) => Err(syn::Error::new(path.span(), "")),
    }
}

/// Whether an error only repeats one that stands elsewhere.
fn is_told(error: &syn::Error) -> bool {
    error.to_string().is_empty()
}

fn at(file: &Arc<Path>, error: &syn::Error) -> SourceError {
    SourceError::at(&origin(file, error.span()), error.to_string())
}

fn places(file: &Arc<Path>, item: &ModelItem, table: &Table) -> BTreeMap<Fact, Origin> {
    let facts = [Fact::Table]
        .into_iter()
        .chain(table.columns.iter().map(|it| Fact::Column(it.name.to_string())))
        .chain(table.uniques.iter().map(|it| Fact::Unique(it.name.to_string())))
        .chain(table.indexes.iter().map(|it| Fact::Index(it.name.to_string())))
        .chain(table.checks.iter().map(|it| Fact::Check(it.name.to_string())))
        .chain(table.foreign_keys.iter().map(|it| Fact::ForeignKey(it.name.to_string())));
    facts
        .map(|fact| {
            let place = origin(file, item.spans.of(&fact));
            (fact, place)
        })
        .collect()
}
