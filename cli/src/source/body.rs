//! What a file says, name by name.

use std::path::Path;
use std::sync::Arc;

use diesel_autogen_schema::Enum;
use proc_macro2::Span;

use super::error::{Origin, SourceError};
use super::heads::{ModelHead, Newtype};
use super::table::TableModule;

/// What one file says.
#[derive(Debug, Default)]
pub(crate) struct Digest {
    pub(crate) body: Body,
    pub(crate) errors: Vec<SourceError>,
    /// Whether a model has a mistake, so that its table is not known.
    pub(crate) has_broken_model: bool,
}

/// What stands in a module, as far as one file says it.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) names: Vec<Name>,
    pub(crate) globs: Vec<Glob>,
    pub(crate) modules: Vec<Module>,
    pub(crate) includes: Vec<Include>,
}

/// A name in the type namespace.
#[derive(Debug)]
pub(crate) struct Name {
    pub(crate) name: String,
    pub(crate) public: bool,
    pub(crate) at: Origin,
    pub(crate) means: Means,
}

/// What a [`Name`] stands for.
#[derive(Clone, Debug)]
pub(crate) enum Means {
    /// `use path as name;`
    Import(Route),
    /// `type name = path;`
    Alias(Route),
    /// The module that a model's or the user's own `table!` makes.
    Table(Arc<TableModule>),
    Model(Arc<ModelHead>),
    Enum(Arc<Enum>),
    /// A newtype with `#[derive(DbType)]`.
    Newtype(Arc<Newtype>),
    /// An item with a derive of ours and a mistake, which is told already.
    Broken,
    /// A type without a derive of ours.
    Other(Kind),
}

/// What a type without a derive of ours is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Struct,
    Enum,
    Other,
}

/// A path in code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// Whether it begins with `::`.
    pub(crate) global: bool,
    pub(crate) segments: Vec<String>,
}

/// `use path::*;`
#[derive(Debug)]
pub(crate) struct Glob {
    pub(crate) route: Route,
    pub(crate) public: bool,
}

/// `mod name;` or `mod name { … }`.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) name: String,
    pub(crate) public: bool,
    pub(crate) at: Origin,
    /// `#[path = "…"]`.
    pub(crate) path: Option<String>,
    pub(crate) inline: Option<Body>,
}

/// `include!("…");`
#[derive(Debug)]
pub(crate) struct Include {
    pub(crate) at: Origin,
    pub(crate) path: String,
}

impl Route {
    pub(crate) fn of(path: &syn::Path) -> Route {
        Route {
            global: path.leading_colon.is_some(),
            segments: path.segments.iter().map(|segment| plain(&segment.ident)).collect(),
        }
    }
}

impl std::fmt::Display for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let colons = if self.global { "::" } else { "" };
        write!(f, "{colons}{}", self.segments.join("::"))
    }
}

/// An identifier without `r#`.
pub(crate) fn plain(ident: &syn::Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

/// The place of a token.
pub(crate) fn origin(file: &Arc<Path>, span: Span) -> Origin {
    let start = span.start();
    Origin { file: Arc::clone(file), line: start.line, column: start.column + 1 }
}
