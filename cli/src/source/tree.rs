//! The module tree of every crate that is read, walked as rustc walks it.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::body::{Body, Glob, Include, Means, Module, Name};
use super::desk::{Read, Unread};
use super::digest::Surroundings;
use super::error::{Origin, SourceError};
use super::load::Files;
use super::package::Target;

/// All modules of all crates.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) crates: Vec<Crate>,
    pub(crate) modules: Vec<Node>,
    /// What each name stands for, by the module it stands in.
    names: BTreeMap<String, BTreeMap<usize, Vec<Meaning>>>,
    /// Files without a model: each is parsed when somebody looks for a name that occurs in it.
    unread: BTreeMap<usize, Vec<Unread>>,
    pub(crate) errors: Vec<SourceError>,
    /// Whether a model has a mistake, so that its table is not known.
    pub(crate) has_broken_model: bool,
}

/// A target of a package.
#[derive(Clone, Debug)]
pub(crate) struct Crate {
    /// Index among the packages that are read.
    pub(crate) package: usize,
    pub(crate) name: String,
    pub(crate) is_lib: bool,
    pub(crate) root: usize,
}

/// One module.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) krate: usize,
    pub(crate) parent: Option<usize>,
    pub(crate) globs: Vec<Glob>,
}

/// What a name stands for in a module.
#[derive(Clone, Debug)]
pub(crate) struct Meaning {
    pub(crate) public: bool,
    pub(crate) at: Origin,
    pub(crate) means: Meant,
}

/// A [`Means`], or a module of the tree.
#[derive(Clone, Debug)]
pub(crate) enum Meant {
    Module(usize),
    Item(Means),
}

/// Where the files of a module's `mod x;` lie.
#[derive(Clone, Debug)]
struct Directory {
    path: PathBuf,
    /// Set in `x.rs`, whose modules are in `x/`; `#[path]` is relative to `path` alone.
    relative: Option<String>,
}

/// A file that belongs to a module.
struct Pending {
    module: usize,
    file: PathBuf,
    directory: Directory,
    chain: Arc<Chain>,
}

/// How a file was reached, against files that include themselves.
struct Chain {
    file: PathBuf,
    from: Option<Arc<Chain>>,
}

impl Chain {
    fn has(&self, file: &Path) -> bool {
        self.file == file || self.from.as_ref().is_some_and(|from| from.has(file))
    }
}

impl Tree {
    /// Reads every file of a target and returns its crate.
    pub(crate) fn add(
        &mut self,
        files: &mut Files,
        target: &Target,
        around: &Arc<Surroundings>,
    ) -> usize {
        let krate = self.crates.len();
        let root = self.node(krate, None);
        self.crates.push(Crate {
            package: around.package,
            name: target.name.clone(),
            is_lib: target.is_lib,
            root,
        });
        let file = normal(&target.root);
        let mut wave = vec![Pending {
            module: root,
            directory: Directory::of(&file),
            chain: Arc::new(Chain { file: file.clone(), from: None }),
            file,
        }];
        while !wave.is_empty() {
            files.read(wave.iter().map(|pending| pending.file.clone()).collect(), around);
            let mut next = Vec::new();
            for pending in &wave {
                let Some(read) = files.get(&pending.file, around.package) else { continue };
                match read {
                    Ok(Read::Digest(digest)) => {
                        self.errors.extend(digest.errors.iter().cloned());
                        self.has_broken_model |= digest.has_broken_model;
                        let mut walk = Walk { tree: self, around, pending, next: &mut next };
                        walk.body(&digest.body, pending.module, &pending.directory);
                    }
                    Ok(Read::Unread(unread)) => {
                        self.unread.entry(pending.module).or_default().push(unread);
                    }
                    Err(error) => self.errors.push(error),
                }
            }
            wave = next;
        }
        krate
    }

    /// What this name stands for in this module, imports by `*` aside.
    pub(crate) fn meanings(
        &mut self,
        module: usize,
        name: &str,
        files: &mut Files,
    ) -> Vec<Meaning> {
        self.catch_up(module, name, files);
        self.names.get(name).and_then(|by| by.get(&module)).cloned().unwrap_or_default()
    }

    /// Whether anything has this name, in files that were parsed.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// Which of these modules have the name.
    pub(crate) fn that_have(
        &mut self,
        name: &str,
        modules: &BTreeMap<usize, bool>,
        files: &mut Files,
    ) -> Vec<usize> {
        if !self.unread.is_empty() {
            for module in modules.keys() {
                self.catch_up(*module, name, files);
            }
        }
        let Some(by) = self.names.get(name) else { return Vec::new() };
        // One module is the target of most names, or one name stands in most modules.
        if by.len() < modules.len() {
            by.keys().copied().filter(|module| modules.contains_key(module)).collect()
        } else {
            modules.keys().copied().filter(|module| by.contains_key(module)).collect()
        }
    }

    /// Parses the files of a module that were put off if the name occurs in them.
    fn catch_up(&mut self, module: usize, name: &str, files: &mut Files) {
        let Some(unread) = self.unread.get_mut(&module) else { return };
        let wanted: Vec<Unread> = unread.extract_if(.., |file| file.mentions(name)).collect();
        if unread.is_empty() {
            self.unread.remove(&module);
        }
        for file in wanted {
            let digest = files.parse(&file);
            self.errors.extend(digest.errors.iter().cloned());
            self.names_of(&digest.body, module);
        }
    }

    /// The module and those it lies in.
    pub(crate) fn ancestors(&self, module: usize) -> Vec<usize> {
        std::iter::successors(Some(module), |module| self.modules[*module].parent).collect()
    }

    /// Names that the module has, for suggestions.
    pub(crate) fn all_names(&self) -> impl Iterator<Item = (&str, usize, &Meaning)> {
        self.names.iter().flat_map(|(name, by)| {
            by.iter().flat_map(move |(module, meanings)| {
                meanings.iter().map(move |meaning| (name.as_str(), *module, meaning))
            })
        })
    }

    /// Whether `inner` is `outer` or lies in it.
    pub(crate) fn within(&self, mut inner: usize, outer: usize) -> bool {
        while inner != outer {
            match self.modules[inner].parent {
                Some(parent) => inner = parent,
                None => return false,
            }
        }
        true
    }

    fn node(&mut self, krate: usize, parent: Option<usize>) -> usize {
        self.modules.push(Node { krate, parent, globs: Vec::new() });
        self.modules.len() - 1
    }

    fn names_of(&mut self, body: &Body, module: usize) {
        for Name { name, public, at, means } in &body.names {
            let means = Meant::Item(means.clone());
            self.bind(name, module, Meaning { public: *public, at: at.clone(), means });
        }
        let globs = body
            .globs
            .iter()
            .map(|Glob { route, public }| Glob { route: route.clone(), public: *public });
        self.modules[module].globs.extend(globs);
    }

    fn bind(&mut self, name: &str, module: usize, meaning: Meaning) {
        if !self.names.contains_key(name) {
            self.names.insert(name.to_owned(), BTreeMap::new());
        }
        if let Some(by) = self.names.get_mut(name) {
            by.entry(module).or_default().push(meaning);
        }
    }
}

/// What one file adds to the tree.
struct Walk<'a> {
    tree: &'a mut Tree,
    around: &'a Surroundings,
    pending: &'a Pending,
    next: &'a mut Vec<Pending>,
}

impl Walk<'_> {
    fn body(&mut self, body: &Body, module: usize, directory: &Directory) {
        self.tree.names_of(body, module);
        for inner in &body.modules {
            let node = self.tree.node(self.tree.modules[module].krate, Some(module));
            let meaning =
                Meaning { public: inner.public, at: inner.at.clone(), means: Meant::Module(node) };
            self.tree.bind(&inner.name, module, meaning);
            match &inner.inline {
                Some(body) => self.body(body, node, &directory.inline(inner)),
                None => match directory.file(inner, self.around) {
                    Ok((file, directory)) => self.follow(node, file, directory, &inner.at),
                    Err(message) => self.tree.errors.push(SourceError::at(&inner.at, message)),
                },
            }
        }
        for Include { at, path } in &body.includes {
            // Relative to the file it stands in, whatever module that is.
            let file = normal(&parent(&self.pending.file).join(path));
            if file.is_file() {
                let directory = Directory::of(&file);
                self.follow(module, file, directory, at);
            } else {
                let message =
                    format!("include!: there is no file {}", self.around.shown(&file).display());
                self.tree.errors.push(SourceError::at(at, message));
            }
        }
    }

    fn follow(&mut self, module: usize, file: PathBuf, directory: Directory, at: &Origin) {
        if self.pending.chain.has(&file) {
            let message = format!("{} contains itself", self.around.shown(&file).display());
            self.tree.errors.push(SourceError::at(at, message));
            return;
        }
        let from = Some(Arc::clone(&self.pending.chain));
        let chain = Arc::new(Chain { file: file.clone(), from });
        self.next.push(Pending { module, file, directory, chain });
    }
}

impl Directory {
    /// That of a file whose modules lie beside it.
    fn of(file: &Path) -> Directory {
        Directory { path: parent(file).to_owned(), relative: None }
    }

    /// The directory of an inline module: `#[path]` on it names a directory.
    fn inline(&self, module: &Module) -> Directory {
        let mut path = self.path.clone();
        match &module.path {
            Some(own) => path.push(own),
            None => {
                path.extend(&self.relative);
                path.push(&module.name);
            }
        }
        Directory { path: normal(&path), relative: None }
    }

    /// The file of `mod x;`, and the directory that its own modules are in.
    fn file(&self, module: &Module, around: &Surroundings) -> Result<(PathBuf, Directory), String> {
        if let Some(path) = &module.path {
            let file = normal(&self.path.join(path));
            if !file.is_file() {
                let shown = around.shown(&file).display();
                return Err(format!("mod {}: there is no file {shown}", module.name));
            }
            // A file named by `#[path]` is treated as if it were called `mod.rs`.
            let directory = Directory::of(&file);
            return Ok((file, directory));
        }
        let mut base = self.path.clone();
        base.extend(&self.relative);
        let flat = base.join(format!("{}.rs", module.name));
        let nested = base.join(&module.name).join("mod.rs");
        match (flat.is_file(), nested.is_file()) {
            (true, false) => {
                Ok((flat, Directory { path: base, relative: Some(module.name.clone()) }))
            }
            (false, true) => {
                let directory = Directory::of(&nested);
                Ok((nested, directory))
            }
            (both, _) => {
                let (flat, nested) = (around.shown(&flat), around.shown(&nested));
                let (flat, nested) = (flat.display(), nested.display());
                Err(match both {
                    true => format!("mod {}: both {flat} and {nested} exist", module.name),
                    false => format!("mod {}: neither {flat} nor {nested} exists", module.name),
                })
            }
        }
    }
}

fn parent(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new(""))
}

/// The path without `.` and `..`, so that one file has one name.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                if !normal.pop() {
                    normal.push("..");
                }
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => {
                normal.push(component);
            }
        }
    }
    normal
}
