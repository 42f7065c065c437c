//! One thread's work: it parses files and keeps the grammar's items, whose positions only this
//! thread knows, until the names in them are found out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use diesel_autogen_grammar::{Fact, ModelItem, Target};
use diesel_autogen_schema::{SqlType, Table};
use proc_macro2::Span;
use syn::spanned::Spanned;

use super::body::{Digest, origin};
use super::digest::{Surroundings, digest};
use super::error::{Origin, SourceError};

/// What one thread keeps.
#[derive(Default)]
pub(crate) struct Desk {
    /// Number of the thread.
    pub(crate) number: usize,
    pub(crate) models: Vec<(Arc<Path>, ModelItem)>,
}

/// A file.
#[derive(Clone, Debug)]
pub(crate) enum Read {
    Digest(Arc<Digest>),
    Unread(Unread),
}

/// A file that was not parsed: no word in it makes a model or a module.
#[derive(Clone, Debug)]
pub(crate) struct Unread {
    around: Arc<Surroundings>,
    file: Arc<Path>,
    text: Arc<str>,
}

/// What the names in a model were found to mean, in the order in which it has them. `None` was
/// told already.
#[derive(Debug)]
pub(crate) struct Answers {
    pub(crate) number: usize,
    pub(crate) types: Vec<Option<SqlType>>,
    pub(crate) targets: Vec<Option<Target>>,
}

/// A table and where its facts are declared.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) table: Table,
    pub(crate) places: BTreeMap<Fact, Origin>,
}

impl Unread {
    /// Whether this name occurs in it.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        self.text.contains(name)
    }
}

impl Settled {
    /// Where the table is declared.
    pub(crate) fn place(&self) -> Option<&Origin> {
        self.places.get(&Fact::Table)
    }

    /// The place of a fact.
    pub(crate) fn at(&self, fact: &Fact) -> Option<&Origin> {
        self.places.get(fact).or_else(|| self.place())
    }
}

impl Desk {
    /// Reads a file, and parses it unless that can be put off.
    pub(crate) fn read(
        &mut self,
        path: &PathBuf,
        around: &Arc<Surroundings>,
    ) -> Result<Read, SourceError> {
        let file: Arc<Path> = around.shown(path).into();
        let text = std::fs::read_to_string(path).map_err(|error| {
            let origin = Origin { file: Arc::clone(&file), line: 1, column: 1 };
            SourceError::at(&origin, error.to_string())
        })?;
        if !interesting(&text) {
            let around = Arc::clone(around);
            return Ok(Read::Unread(Unread { around, file, text: text.into() }));
        }
        Ok(Read::Digest(Arc::new(digest(&file, &text, around, self))))
    }

    /// Parses a file that was put off.
    pub(crate) fn parse(&mut self, unread: &Unread) -> Digest {
        digest(&unread.file, &unread.text, &unread.around, self)
    }

    /// The table of a model.
    pub(crate) fn settle(&self, answers: Answers) -> Result<Settled, Vec<SourceError>> {
        let (file, item) = &self.models[answers.number];
        let (mut types, mut targets) = (answers.types.into_iter(), answers.targets.into_iter());
        let table = item.resolve(
            |path| types.next().flatten().ok_or_else(|| told(path.span())),
            |key| targets.next().flatten().ok_or_else(|| told(key.table.span())),
        );
        match table {
            Ok(table) => Ok(Settled { places: places(file, item, &table), table }),
            Err(errors) => Err(errors
                .into_iter()
                .flatten()
                .filter(|error| !error.to_string().is_empty())
                .map(|error| SourceError::at(&origin(file, error.span()), error.to_string()))
                .collect()),
        }
    }
}

/// The error that stands for one that was told already.
fn told(span: Span) -> syn::Error {
    syn::Error::new(span, "")
}

fn places(file: &Arc<Path>, item: &ModelItem, table: &Table) -> BTreeMap<Fact, Origin> {
    let facts = [Fact::Table]
        .into_iter()
        .chain(table.columns.iter().map(|it| Fact::Column(it.name.to_string())))
        .chain(table.uniques.iter().map(|it| Fact::Unique(it.name.to_string())))
        .chain(table.indexes.iter().map(|it| Fact::Index(it.name.to_string())))
        .chain(table.checks.iter().map(|it| Fact::Check(it.name.to_string())))
        .chain(table.exclusions.iter().map(|it| Fact::Exclusion(it.name.to_string())))
        .chain(table.foreign_keys.iter().map(|it| Fact::ForeignKey(it.name.to_string())));
    facts
        .map(|fact| {
            let place = origin(file, item.spans.of(&fact));
            (fact, place)
        })
        .collect()
}

/// Whether a text may hold a model, lead to another file or hand on names of other modules.
fn interesting(text: &str) -> bool {
    const WORDS: [&str; 6] = ["Model", "DbEnum", "DbType", "mod", "include", "table"];
    WORDS.iter().any(|word| text.contains(word)) || exports(text)
}

/// Whether there is a `use` that is not private.
fn exports(text: &str) -> bool {
    text.match_indices("use").any(|(at, _)| {
        let before = text[..at].trim_end();
        before.len() < at && (before.ends_with("pub") || before.ends_with(')'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_put_off_only_when_nothing_can_be_in_it() {
        assert!(!interesting("use diesel::prelude::*;\npub fn get() -> i32 { use_it() }"));
        assert!(interesting("#[derive(Model)] struct A;"));
        assert!(interesting("mod\nx;"));
        assert!(interesting("pub\n  use a::*;"));
        assert!(interesting("pub(crate) use a::*;"));
        assert!(interesting("include!(\"x.rs\");"));
    }
}
