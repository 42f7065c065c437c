use std::cmp::Ordering;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A place in a source file. Places are in the order of the files' names as text, then in that of
/// the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file, relative to the workspace root as rustc shows it; absolute when it lies outside.
    pub file: Arc<Path>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Ord for Origin {
    fn cmp(&self, other: &Origin) -> Ordering {
        // Paths compare component by component, which takes long.
        let key = |it: &Origin| (it.line, it.column);
        let files = self.file.as_os_str().cmp(other.file.as_os_str());
        files.then_with(|| key(self).cmp(&key(other)))
    }
}

impl PartialOrd for Origin {
    fn partial_cmp(&self, other: &Origin) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}

/// Why the sources could not be read, with the place when there is one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceError {
    /// Where, or `None` for what concerns the whole package.
    pub origin: Option<Origin>,
    /// What is wrong and what to do about it.
    pub message: String,
}

impl SourceError {
    /// An error about a place in a file.
    pub fn at(origin: &Origin, message: impl Into<String>) -> SourceError {
        SourceError { origin: Some(origin.clone()), message: message.into() }
    }

    /// An error about the package.
    pub fn package(message: impl Into<String>) -> SourceError {
        SourceError { origin: None, message: message.into() }
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Some(origin) => write!(f, "{origin}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for SourceError {}

/// `: did you mean `x`?` when one of the known names is close, else nothing.
pub(crate) fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    known
        .into_iter()
        .map(|known| (strsim::jaro_winkler(&name.to_lowercase(), &known.to_lowercase()), known))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| format!(": did you mean `{known}`?"))
        .unwrap_or_default()
}
