//! From the text of a file to its [`Body`], with what the grammar makes of our derives.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use diesel_autogen_grammar::{SchemaFile, db_enum, db_type, model};
use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::config::Config;
use proc_macro2::Span;
use syn::{Item, UseTree, Visibility};

use super::body::{Body, Digest, Glob, Include, Kind, Means, Module, Name, Route, origin, plain};
use super::cfg::Cfg;
use super::derives::{Derive, Derives};
use super::desk::Desk;
use super::error::{Origin, SourceError};
use super::heads::{ModelHead, Newtype};
use super::include;
use super::package::Package;
use super::table::TableModule;

/// What digesting needs to know of the package.
#[derive(Debug)]
pub(crate) struct Surroundings {
    /// Index among the packages that are read.
    pub(crate) package: usize,
    pub(crate) workspace_root: PathBuf,
    pub(crate) cfg: Cfg,
    /// The engine that the package is for.
    pub(crate) dialect: Dialect,
    /// Names of dependencies that cannot lead to our derives.
    pub(crate) strangers: Vec<String>,
    /// `env!("CARGO_MANIFEST_DIR")`.
    pub(crate) manifest_dir: String,
    /// Module of the file that has the `table!`s, when the package keeps its own.
    pub(crate) schema_file: Option<Route>,
    /// What that file says.
    pub(crate) described: Option<SchemaFile>,
}

impl Surroundings {
    /// Those of a package whose paths are shown relative to `workspace_root`.
    ///
    /// # Errors
    /// When the package keeps a schema file that cannot be read.
    pub(crate) fn new(
        index: usize,
        package: &Package,
        workspace_root: &Path,
    ) -> Result<Surroundings, SourceError> {
        Ok(Surroundings {
            package: index,
            workspace_root: workspace_root.to_owned(),
            cfg: package.cfg.clone(),
            dialect: package.dialect(),
            strangers: package.strangers(),
            manifest_dir: package.root().display().to_string(),
            schema_file: package.config.as_ref().and_then(schema_module),
            described: described(package, workspace_root)?,
        })
    }

    /// The path as rustc shows it.
    pub(crate) fn shown<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.workspace_root).unwrap_or(path)
    }
}

fn described(package: &Package, workspace_root: &Path) -> Result<Option<SchemaFile>, SourceError> {
    let name = package.config.as_ref().and_then(|config| config.schema_file.as_ref());
    let Some(name) = name else { return Ok(None) };
    let path = package.root().join(name);
    let shown: Arc<Path> = path.strip_prefix(workspace_root).unwrap_or(&path).into();
    let text = std::fs::read_to_string(&path).map_err(|error| {
        SourceError::package(format!(
            "{}: {error}; `schema-file` in {} names it",
            shown.display(),
            package.manifest.display()
        ))
    })?;
    let read = SchemaFile::read(name, &text, package.dialect());
    read.map(Some)
        .map_err(|error| SourceError::at(&origin(&shown, error.span()), error.to_string()))
}

/// `src/db/schema.rs` is `crate::db::schema`.
fn schema_module(config: &Config) -> Option<Route> {
    let file = Path::new(config.schema_file.as_ref()?).with_extension("");
    let mut names: Vec<&str> = file.iter().filter_map(|part| part.to_str()).collect();
    if names.first() == Some(&"src") {
        names.remove(0);
    }
    if names.last() == Some(&"mod") {
        names.pop();
    }
    names.insert(0, "crate");
    Some(Route { global: false, segments: names.into_iter().map(str::to_owned).collect() })
}

/// Digests the text of `file`; the grammar's items stay at the desk.
pub(crate) fn digest(
    file: &Arc<Path>,
    text: &str,
    around: &Surroundings,
    desk: &mut Desk,
) -> Digest {
    let mut digester = Digester { file, around, desk, digest: Digest::default() };
    match syn::parse_file(text) {
        Err(error) if error.to_string() == NO_TOKENS => {
            let message = "a bracket or a quote that begins here or later has no end, so the file \
                           cannot be read";
            digester.refuse(&syn::Error::new(error.span(), message));
        }
        Err(error) => digester.refuse(&error),
        Ok(mut parsed) => {
            if digester.there(&mut parsed.attrs) {
                digester.digest.body = digester.body(parsed.items);
            }
        }
    }
    digester.digest
}

/// What `syn` says of a text that is not even tokens.
const NO_TOKENS: &str = "cannot parse string into token stream";

struct Digester<'a> {
    file: &'a Arc<Path>,
    around: &'a Surroundings,
    desk: &'a mut Desk,
    digest: Digest,
}

impl Digester<'_> {
    fn at(&self, span: Span) -> Origin {
        origin(self.file, span)
    }

    fn refuse(&mut self, error: &syn::Error) {
        for error in error.clone() {
            self.digest.errors.push(SourceError::at(&self.at(error.span()), error.to_string()));
        }
    }

    /// Whether `cfg` leaves the item in, with `cfg_attr` unfolded.
    fn there(&mut self, attrs: &mut Vec<syn::Attribute>) -> bool {
        self.around.cfg.apply(attrs).unwrap_or_else(|error| {
            self.refuse(&error);
            false
        })
    }

    fn body(&mut self, items: Vec<Item>) -> Body {
        let mut body = Body::default();
        let mut rest = Vec::new();
        // What `use` brings in decides what a derive's name means, wherever it stands.
        for item in items {
            match item {
                Item::Use(mut item) => {
                    if self.there(&mut item.attrs) {
                        let global = item.leading_colon.is_some();
                        let route = Route { global, segments: Vec::new() };
                        self.uses(&item.tree, route, public(&item.vis), &mut body);
                    }
                }
                other => rest.push(other),
            }
        }
        let derives = Derives::new(&body, &self.around.strangers);
        for item in rest {
            self.item(item, &derives, &mut body);
        }
        body
    }

    fn uses(&self, tree: &UseTree, mut route: Route, public: bool, body: &mut Body) {
        match tree {
            UseTree::Path(path) => {
                route.segments.push(plain(&path.ident));
                self.uses(&path.tree, route, public, body);
            }
            UseTree::Name(name) => {
                if name.ident == "self" && !route.segments.is_empty() {
                    // `use a::b::{self}` names `b`.
                } else {
                    route.segments.push(plain(&name.ident));
                }
                if let Some(bound) = route.segments.last().cloned() {
                    let at = self.at(name.ident.span());
                    body.names.push(Name { name: bound, public, at, means: Means::Import(route) });
                }
            }
            UseTree::Rename(rename) if rename.rename == "_" => {}
            UseTree::Rename(rename) => {
                if rename.ident != "self" || route.segments.is_empty() {
                    route.segments.push(plain(&rename.ident));
                }
                let at = self.at(rename.rename.span());
                let name = plain(&rename.rename);
                body.names.push(Name { name, public, at, means: Means::Import(route) });
            }
            UseTree::Glob(_) => body.globs.push(Glob { route, public }),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.uses(tree, route.clone(), public, body);
                }
            }
        }
    }

    fn item(&mut self, mut item: Item, derives: &Derives<'_>, body: &mut Body) {
        if !attributes(&mut item).is_some_and(|attrs| self.there(attrs)) {
            return;
        }
        match item {
            Item::Struct(item) => self.derived(item.into(), derives, body),
            Item::Enum(item) => self.derived(item.into(), derives, body),
            Item::Union(item) => self.derived(item.into(), derives, body),
            Item::Mod(item) => self.module(item, body),
            Item::Type(item) => {
                let means = match (&*item.ty, item.generics.params.is_empty()) {
                    (syn::Type::Path(path), true) if path.qself.is_none() => {
                        Means::Alias(Route::of(&path.path))
                    }
                    _ => Means::Other(Kind::Other),
                };
                self.name(&item.ident, &item.vis, means, body);
            }
            Item::Trait(item) => {
                self.name(&item.ident, &item.vis, Means::Other(Kind::Other), body);
            }
            Item::ExternCrate(item) => {
                let ident = item.rename.as_ref().map_or(&item.ident, |(_, name)| name);
                let own = item.ident == "self";
                let segment = if own { "crate".to_owned() } else { plain(&item.ident) };
                let route = Route { global: !own, segments: vec![segment] };
                self.name(ident, &item.vis, Means::Import(route), body);
            }
            Item::Macro(item) => self.called(item, body),
            Item::Fn(item) => self.function(item, derives),
            // `attributes` has none of the others.
            _ => {}
        }
    }

    fn name(&self, ident: &syn::Ident, vis: &Visibility, means: Means, body: &mut Body) {
        let at = self.at(ident.span());
        body.names.push(Name { name: plain(ident), public: public(vis), at, means });
    }

    fn derived(&mut self, mut input: syn::DeriveInput, derives: &Derives, body: &mut Body) {
        let kind = match input.data {
            syn::Data::Struct(_) => Kind::Struct,
            syn::Data::Enum(_) => Kind::Enum,
            syn::Data::Union(_) => Kind::Other,
        };
        let mut means = Means::Other(kind);
        for derive in derives.of(&input.attrs) {
            means = match self.derive(derive, &mut input, body) {
                Ok(means) => means,
                Err(errors) => {
                    errors.iter().for_each(|error| self.refuse(error));
                    self.digest.has_broken_model |= derive == Derive::Model;
                    Means::Broken
                }
            };
        }
        self.name(&input.ident, &input.vis, means, body);
    }

    fn derive(
        &mut self,
        derive: Derive,
        input: &mut syn::DeriveInput,
        body: &mut Body,
    ) -> Result<Means, Vec<syn::Error>> {
        self.around.cfg.apply_to_input(input).map_err(|error| vec![error])?;
        let dialect = self.around.dialect;
        Ok(match derive {
            Derive::Enum => Means::Enum(Arc::new(db_enum(input, dialect)?.facts)),
            Derive::Newtype => Means::Newtype(Arc::new(Newtype::of(&db_type(input, dialect)?))),
            Derive::Model => {
                let item = model(input, self.around.described.as_ref(), dialect)?;
                if self.around.schema_file.is_none() {
                    let table = TableModule::of_model(self.file, &item);
                    body.names.push(Name {
                        name: table.name.clone(),
                        public: true,
                        at: table.at.clone(),
                        means: Means::Table(Arc::new(table)),
                    });
                }
                let number = self.desk.models.len();
                let head = ModelHead::of(self.file, &item, self.desk.number, number);
                self.desk.models.push((Arc::clone(self.file), item));
                Means::Model(Arc::new(head))
            }
        })
    }

    fn module(&mut self, item: syn::ItemMod, body: &mut Body) {
        let path = item.attrs.iter().find_map(path_attribute);
        let at = self.at(item.ident.span());
        let inline = item.content.map(|(_, items)| self.body(items));
        let (name, public) = (plain(&item.ident), public(&item.vis));
        body.modules.push(Module { name, public, at, path, inline });
    }

    fn called(&mut self, item: syn::ItemMacro, body: &mut Body) {
        let Some(last) = item.mac.path.segments.last() else { return };
        if last.ident == "include" {
            // A path that only a build script knows (`OUT_DIR`) is rustc's alone.
            if let Some(path) = include::path(&item.mac.tokens, &self.around.manifest_dir) {
                body.includes.push(Include { at: self.at(last.ident.span()), path });
            }
        } else if last.ident == "table" {
            match TableModule::read(self.file, &item.mac.tokens, self.around.dialect) {
                Ok(table) => body.names.push(Name {
                    name: table.name.clone(),
                    public: true,
                    at: table.at.clone(),
                    means: Means::Table(Arc::new(table)),
                }),
                Err(error) => self.refuse(&error),
            }
        }
    }

    /// rustc sees a model inside a function and would warn about it for ever.
    fn function(&mut self, item: syn::ItemFn, derives: &Derives) {
        let is_test = |attr: &syn::Attribute| {
            attr.path().segments.last().is_some_and(|last| last.ident == "test")
        };
        if item.attrs.iter().any(is_test) {
            return;
        }
        for statement in item.block.stmts {
            if let syn::Stmt::Item(Item::Struct(mut item)) = statement
                && self.there(&mut item.attrs)
                && derives.of(&item.attrs).contains(&Derive::Model)
            {
                let message = format!(
                    "the model {} stands inside a function, where no migration can see it; move \
                     it into a module",
                    item.ident
                );
                self.digest.errors.push(SourceError::at(&self.at(item.ident.span()), message));
            }
        }
    }
}

/// The attributes of an item that could be of interest: others have no name that a path of a model
/// could have.
fn attributes(item: &mut Item) -> Option<&mut Vec<syn::Attribute>> {
    Some(match item {
        Item::Struct(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        Item::Union(item) => &mut item.attrs,
        Item::Mod(item) => &mut item.attrs,
        Item::Type(item) => &mut item.attrs,
        Item::Trait(item) => &mut item.attrs,
        Item::ExternCrate(item) => &mut item.attrs,
        Item::Macro(item) => &mut item.attrs,
        Item::Fn(item) => &mut item.attrs,
        _ => return None,
    })
}

fn public(vis: &Visibility) -> bool {
    match vis {
        Visibility::Public(_) => true,
        Visibility::Restricted(vis) => !vis.path.is_ident("self"),
        Visibility::Inherited => false,
    }
}

fn path_attribute(attr: &syn::Attribute) -> Option<String> {
    match &attr.meta {
        syn::Meta::NameValue(syn::MetaNameValue {
            path,
            value: syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }),
            ..
        }) if path.is_ident("path") => Some(text.value()),
        _ => None,
    }
}
