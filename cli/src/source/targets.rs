//! The table and columns behind `references = teams::id`.

use std::sync::Arc;

use diesel_autogen_grammar::{ModelItem, Reference, Target};
use syn::spanned::Spanned;

use super::body::{Means, Route, plain};
use super::error::did_you_mean;
use super::scope::{Declared, Found, Scope};
use super::table::TableModule;
use super::tree::Meant;

/// The SQL names of what a model's foreign key refers to.
pub(crate) fn target(
    scope: &mut Scope<'_>,
    module: usize,
    reference: &Reference,
) -> Result<Target, syn::Error> {
    let route = Route::of(&reference.table);
    let span = reference.table.span();
    let table = table(scope, module, &route).map_err(|message| syn::Error::new(span, message))?;
    let mut columns = Vec::new();
    let mut errors: Option<syn::Error> = None;
    for ident in &reference.columns {
        let name = plain(ident);
        match table.column(&name) {
            Some(column) => columns.push(column.sql_name.clone()),
            None => {
                let known = table.columns.iter().map(|column| column.name.as_str());
                let hint = did_you_mean(&name, known);
                let message = format!("`{}` has no column `{name}`{hint}", table.name);
                let error = syn::Error::new(ident.span(), message);
                match &mut errors {
                    Some(errors) => errors.combine(error),
                    None => errors = Some(error),
                }
            }
        }
    }
    match errors {
        Some(errors) => Err(errors),
        None => Ok(Target { table: table.sql_name.clone(), columns }),
    }
}

/// The `table!` by hand that a model is to agree with.
pub(crate) fn of_schema_file(
    scope: &mut Scope<'_>,
    module: usize,
    item: &ModelItem,
) -> Result<Option<Arc<TableModule>>, syn::Error> {
    let route = match &item.table.path {
        Some(path) => Route::of(path),
        None => Route { global: false, segments: vec![plain(&item.table.ident)] },
    };
    let span = item.ident.span();
    let table = table(scope, module, &route).map_err(|message| syn::Error::new(span, message))?;
    if table.sql_name != item.table.sql_name {
        let message = format!(
            "{} calls the table `{}`: say `#[model(sql_name = \"{}\")]`",
            table.at, table.sql_name, table.sql_name
        );
        return Err(syn::Error::new(span, message));
    }
    Ok(Some(table))
}

fn table(scope: &mut Scope<'_>, module: usize, route: &Route) -> Result<Arc<TableModule>, String> {
    let found: Vec<(Arc<TableModule>, String)> = scope
        .resolve(module, route)
        .into_iter()
        .filter_map(|found| match found {
            Found::Item(Declared { means: Means::Table(table), at, .. }) => {
                Some((table, at.to_string()))
            }
            Found::Item(_) | Found::Module(_) | Found::Foreign(_) => None,
        })
        .collect();
    match found.as_slice() {
        [(table, _)] => Ok(Arc::clone(table)),
        [] => Err(missing(scope, route)),
        several => {
            let places: Vec<&str> = several.iter().map(|(_, at)| at.as_str()).collect();
            Err(format!(
                "`{route}` means {} tables here: {}; import the one that is meant",
                places.len(),
                places.join(" and ")
            ))
        }
    }
}

fn missing(scope: &Scope<'_>, route: &Route) -> String {
    let Some(last) = route.segments.last() else { return "no path".to_owned() };
    let tables: Vec<_> = scope
        .tree
        .all_names()
        .filter(|(_, _, meaning)| matches!(meaning.means, Meant::Item(Means::Table(_))))
        .collect();
    match tables.iter().find(|(name, _, _)| name == last) {
        Some((_, _, meaning)) => {
            format!("`{route}` is not in scope here; there is one at {}: import it", meaning.at)
        }
        // It may be the table of a model whose mistake is told already.
        None if scope.files.items.has_broken_model => String::new(),
        None => {
            let hint = did_you_mean(last, tables.iter().map(|(name, _, _)| *name));
            format!("no model has the table `{route}`{hint}")
        }
    }
}
