//! Files, each read and parsed once, however many modules and targets it serves.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::body::Digest;
use super::digest::{Surroundings, digest};
use super::error::{Origin, SourceError};
use super::items::Items;

/// Every file of every package that was read so far.
#[derive(Default)]
pub(crate) struct Files {
    read: BTreeMap<(usize, PathBuf), Result<Read, SourceError>>,
    /// What the grammar made of models and newtypes, by their number.
    pub(crate) items: Items,
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

impl Unread {
    /// Whether this name occurs in it.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        self.text.contains(name)
    }
}

impl Files {
    /// What the file says.
    pub(crate) fn read(
        &mut self,
        path: &Path,
        around: &Arc<Surroundings>,
    ) -> Result<Read, SourceError> {
        let key = (around.package, path.to_owned());
        if let Some(read) = self.read.get(&key) {
            return read.clone();
        }
        let read = self.load(path, around);
        self.read.insert(key, read.clone());
        read
    }

    /// Parses a file that was put off.
    pub(crate) fn parse(&mut self, unread: &Unread) -> Digest {
        digest(&unread.file, &unread.text, &unread.around, &mut self.items)
    }

    fn load(&mut self, path: &Path, around: &Arc<Surroundings>) -> Result<Read, SourceError> {
        let file: Arc<Path> = around.shown(path).into();
        let text = std::fs::read_to_string(path).map_err(|error| {
            let origin = Origin { file: Arc::clone(&file), line: 1, column: 1 };
            SourceError::at(&origin, error.to_string())
        })?;
        if !interesting(&text) {
            let around = Arc::clone(around);
            return Ok(Read::Unread(Unread { around, file, text: text.into() }));
        }
        Ok(Read::Digest(Arc::new(digest(&file, &text, around, &mut self.items))))
    }
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
