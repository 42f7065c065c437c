//! From models to one schema.

use std::collections::BTreeMap;
use std::sync::Arc;

use diesel_autogen_schema::Schema;

use super::body::Means;
use super::desk::{Answers, Settled};
use super::digest::Surroundings;
use super::error::{Origin, SourceError};
use super::heads::{ModelHead, TypeHead};
use super::load::Files;
use super::package::{Package, Workspace};
use super::scope::Scope;
use super::tree::{Meant, Tree};
use super::types::{NoType, hides, sql_type};
use super::{Origins, Source, across, targets};
use crate::later::drop_later;

/// Reads all targets of the package and puts its models together.
pub(crate) fn assemble(
    workspace: &Workspace,
    package: Package,
) -> Result<Source, Vec<SourceError>> {
    let mut tree = Tree::default();
    let mut files = Files::default();
    let around = Surroundings::new(0, &package, &package.workspace_root);
    let around = Arc::new(around.map_err(|error| vec![error])?);
    for target in &package.targets {
        tree.add(&mut files, target, &around);
    }
    let models = models(&tree);
    let (name, config, dialect) = (package.name.clone(), package.config.clone(), package.dialect());
    let manifest_path = package.manifest.clone();
    let root = package.root().to_owned();
    let mut errors = Vec::new();
    let mut scope = Scope::new(&mut tree, &mut files, workspace, (package, around));
    let mut answers: BTreeMap<usize, Vec<Answers>> = BTreeMap::new();
    for (head, module) in models.values() {
        let answer = answer(&mut scope, head, *module, &mut errors);
        answers.entry(head.desk).or_default().push(answer);
    }
    errors.append(&mut tree.errors);
    let mut tables = Vec::new();
    for settled in files.settle(answers) {
        match settled {
            Ok(settled) => tables.push(settled),
            Err(wrong) => errors.extend(wrong),
        }
    }
    tables.sort_by(|a, b| a.place().cmp(&b.place()));
    errors.extend(across::check(&tables, dialect));
    if !errors.is_empty() {
        errors.sort();
        errors.dedup();
        return Err(errors);
    }
    drop_later((tree, files.close()));
    let mut origins = Origins::default();
    let mut facts = Vec::new();
    for Settled { table, places } in tables {
        origins.tables.insert(table.place().into(), places);
        facts.push(table);
    }
    let extensions = config.iter().flat_map(|config| config.extensions.clone());
    let extensions = extensions.map(Into::into).collect();
    let schema = Schema { extensions, ..Schema::of(facts) }.canonical();
    Ok(Source { schema, origins, config, package: name, manifest_path, root })
}

/// Each model once, with the first module that it stands in: two targets may share a file.
fn models(tree: &Tree) -> BTreeMap<Origin, (Arc<ModelHead>, usize)> {
    let mut models: BTreeMap<Origin, (Arc<ModelHead>, usize)> = BTreeMap::new();
    for (_, module, meaning) in tree.all_names() {
        if let Meant::Item(Means::Model(head)) = &meaning.means {
            let first = models.entry(head.at.clone()).or_insert_with(|| (Arc::clone(head), module));
            first.1 = module.min(first.1);
        }
    }
    models
}

/// What the names in a model mean.
fn answer(
    scope: &mut Scope<'_>,
    head: &ModelHead,
    module: usize,
    errors: &mut Vec<SourceError>,
) -> Answers {
    if let Some(file) = scope.around().schema_file.clone() {
        errors.extend(targets::agrees_with(&file, scope, module, head).err());
    }
    for (name, at) in &head.mapped {
        errors.extend(hides(scope, module, name).map(|message| SourceError::at(at, message)));
    }
    let mut types = Vec::new();
    for TypeHead { route, at, beside } in &head.types {
        let found = match (sql_type(scope, module, route), beside) {
            (Err(NoType::Underived(_)), Some(beside)) => beside.clone().map_err(NoType::Because),
            (found, _) => found,
        };
        types.push(match found {
            Ok(found) => Some(found),
            Err(NoType::Told) => None,
            Err(NoType::Because(message) | NoType::Underived(message)) => {
                errors.push(SourceError::at(at, message));
                None
            }
        });
    }
    let mut found = Vec::new();
    for reference in &head.references {
        found.push(
            targets::target(scope, module, reference).map_err(|wrong| errors.extend(wrong)).ok(),
        );
    }
    Answers { number: head.number, types, targets: found }
}
