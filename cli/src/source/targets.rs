//! The table and columns behind `references = teams::id`.

use std::sync::Arc;

use diesel_autogen_grammar::Target;

use super::body::{Means, Route};
use super::error::{Origin, SourceError, did_you_mean};
use super::heads::{ModelHead, ReferenceHead};
use super::scope::{Declared, Found, Scope};
use super::table::TableModule;
use super::tree::Meant;

/// The SQL names of what a model's foreign key refers to, or what is wrong with it.
pub(crate) fn target(
    scope: &mut Scope<'_>,
    module: usize,
    reference: &ReferenceHead,
) -> Result<Target, Vec<SourceError>> {
    let table = match table(scope, module, &reference.table) {
        Ok(table) => table,
        Err(Some(message)) => return Err(vec![SourceError::at(&reference.at, message)]),
        Err(None) => return Err(Vec::new()),
    };
    let mut columns = Vec::new();
    let mut errors = Vec::new();
    for (name, at) in &reference.columns {
        match table.column(name) {
            Some(sql_name) => columns.push(sql_name.to_owned()),
            None => {
                let known = table.columns.iter().map(|(rust, _)| rust.as_str());
                let hint = did_you_mean(name, known);
                let message = format!("`{}` has no column `{name}`{hint}", table.name);
                errors.push(SourceError::at(at, message));
            }
        }
    }
    match errors.is_empty() {
        true => {
            let (schema, table) = (table.schema.clone(), table.sql_name.clone());
            Ok(Target { schema, table, columns })
        }
        false => Err(errors),
    }
}

/// That the `table!` by hand, which lies in the module `file` unless the model says where, has the
/// name that the model has.
pub(crate) fn agrees_with(
    file: &Route,
    scope: &mut Scope<'_>,
    module: usize,
    model: &ModelHead,
) -> Result<(), SourceError> {
    let route = model.table.clone().unwrap_or_else(|| {
        let mut route = file.clone();
        route.segments.push(model.module.clone());
        route
    });
    let table = match table(scope, module, &route) {
        Ok(table) => table,
        Err(Some(message)) => return Err(SourceError::at(&model.at, message)),
        Err(None) => return Ok(()),
    };
    if table.sql_name == model.sql_name {
        return Ok(());
    }
    let message = format!(
        "{} calls the table `{}`: say `#[model(sql_name = \"{}\")]`",
        table.at, table.sql_name, table.sql_name
    );
    Err(SourceError::at(&model.at, message))
}

/// The table of that path, or why there is none: `None` when that was told already.
fn table(
    scope: &mut Scope<'_>,
    module: usize,
    route: &Route,
) -> Result<Arc<TableModule>, Option<String>> {
    let found: Vec<(Arc<TableModule>, Origin)> = scope
        .resolve(module, route)
        .into_iter()
        .filter_map(|found| match found {
            Found::Item(Declared { means: Means::Table(table), at, .. }) => Some((table, at)),
            Found::Item(_) | Found::Module(_) | Found::Foreign(_) => None,
        })
        .collect();
    match found.as_slice() {
        [(table, _)] => Ok(Arc::clone(table)),
        [] => Err(missing(scope, route)),
        several => {
            let places: Vec<String> = several.iter().map(|(_, at)| at.to_string()).collect();
            Err(Some(format!(
                "`{route}` means {} tables here: {}; import the one that is meant",
                places.len(),
                places.join(" and ")
            )))
        }
    }
}

fn missing(scope: &Scope<'_>, route: &Route) -> Option<String> {
    let last = route.segments.last()?;
    let tables: Vec<_> = scope
        .tree
        .all_names()
        .filter(|(_, _, meaning)| matches!(meaning.means, Meant::Item(Means::Table(_))))
        .collect();
    match tables.iter().find(|(name, _, _)| name == last) {
        Some((_, _, meaning)) => Some(format!(
            "`{route}` is not in scope here; there is one at {}: import it",
            meaning.at
        )),
        // It may be the table of a model whose mistake is told already.
        None if scope.tree.has_broken_model => None,
        None => {
            let hint = did_you_mean(last, tables.iter().map(|(name, _, _)| *name));
            Some(format!("no model has the table `{route}`{hint}"))
        }
    }
}
