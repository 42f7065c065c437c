//! What a path in a module means, by the rules of `use`: imports and renames, `*`, re-exports,
//! other crates whose sources are at hand.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::body::{Means, Route};
use super::digest::Surroundings;
use super::error::Origin;
use super::load::Files;
use super::package::{Extern, Package, Workspace, is_ours};
use super::tree::{Meaning, Meant, Tree};

/// What a path leads to.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    Module(usize),
    /// An item of ours or a type without a derive.
    Item(Declared),
    /// Something in a crate whose sources are not read.
    Foreign(String),
}

/// An item, and where it is declared.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    pub(crate) means: Means,
    pub(crate) module: usize,
    pub(crate) at: Origin,
}

/// Looks paths up; reads path dependencies when one leads there.
pub(crate) struct Scope<'a> {
    pub(crate) tree: &'a mut Tree,
    pub(crate) files: &'a mut Files,
    workspace: &'a Workspace,
    packages: Vec<(Package, Arc<Surroundings>)>,
    /// Libraries of path dependencies by the directory of their manifest.
    libraries: BTreeMap<PathBuf, Option<usize>>,
    /// Modules that the globs of a module lead to.
    globs: BTreeMap<usize, Rc<Globs>>,
    /// Names that are being looked up, against imports in a circle.
    open: BTreeSet<(usize, String)>,
}

/// The modules that `*` imports of one module lead to.
#[derive(Default)]
struct Globs {
    /// Each with whether the import is public.
    targets: BTreeMap<usize, bool>,
    /// Those that import publicly with `*` themselves.
    through: Vec<usize>,
}

impl<'a> Scope<'a> {
    /// A scope over the targets of `package`, which are in the tree.
    pub(crate) fn new(
        tree: &'a mut Tree,
        files: &'a mut Files,
        workspace: &'a Workspace,
        package: (Package, Arc<Surroundings>),
    ) -> Scope<'a> {
        Scope {
            tree,
            files,
            workspace,
            packages: vec![package],
            libraries: BTreeMap::new(),
            globs: BTreeMap::new(),
            open: BTreeSet::new(),
        }
    }

    /// Everything that `route` means in the module: nothing, one thing, or several that cannot be
    /// told apart. One thing that is reached twice is one thing.
    pub(crate) fn resolve(&mut self, module: usize, route: &Route) -> Vec<Found> {
        let mut found = self.route(module, route);
        if found.len() > 1 {
            found.sort_by_cached_key(key);
            found.dedup_by_key(|found| key(found));
        }
        found
    }

    fn route(&mut self, viewer: usize, route: &Route) -> Vec<Found> {
        let Some((first, rest)) = route.segments.split_first() else { return Vec::new() };
        let mut here = self.first(viewer, first, route.global);
        for segment in rest {
            let mut next = Vec::new();
            for found in here {
                match found {
                    Found::Module(module) => match segment.as_str() {
                        "self" => next.push(Found::Module(module)),
                        "super" => next.extend(self.parent(module)),
                        name => next.extend(self.name(module, name, viewer)),
                    },
                    Found::Foreign(path) => next.push(Found::Foreign(format!("{path}::{segment}"))),
                    // Nothing that a field's type could mean lies inside an item.
                    Found::Item(_) => {}
                }
            }
            here = next;
        }
        here
    }

    fn first(&mut self, viewer: usize, name: &str, global: bool) -> Vec<Found> {
        if global {
            return self.external(viewer, name).into_iter().collect();
        }
        match name {
            "crate" => {
                let krate = self.tree.modules[viewer].krate;
                vec![Found::Module(self.tree.crates[krate].root)]
            }
            "self" => vec![Found::Module(viewer)],
            "super" => self.parent(viewer).into_iter().collect(),
            name => {
                let found = self.name(viewer, name, viewer);
                if found.is_empty() {
                    self.external(viewer, name).into_iter().collect()
                } else {
                    found
                }
            }
        }
    }

    fn parent(&self, module: usize) -> Option<Found> {
        self.tree.modules[module].parent.map(Found::Module)
    }

    /// What a name means in a module to somebody in the module `viewer`.
    fn name(&mut self, module: usize, name: &str, viewer: usize) -> Vec<Found> {
        if !self.open.insert((module, name.to_owned())) {
            return Vec::new();
        }
        let mut found = self.own(module, name, viewer);
        if found.is_empty() {
            found = self.through_globs(module, name, viewer);
        }
        self.open.remove(&(module, name.to_owned()));
        found
    }

    /// What the module itself declares or imports under the name.
    fn own(&mut self, module: usize, name: &str, viewer: usize) -> Vec<Found> {
        let meanings = self.tree.meanings(module, name, self.files);
        let mut found = Vec::new();
        for Meaning { public, at, means } in meanings {
            if !public && !self.tree.within(viewer, module) {
                continue;
            }
            match means {
                Meant::Module(module) => found.push(Found::Module(module)),
                Meant::Item(Means::Import(route)) => found.extend(self.route(module, &route)),
                Meant::Item(Means::Alias(route)) => {
                    let target = self.route(module, &route);
                    if target.is_empty() {
                        let means = Means::Alias(route);
                        found.push(Found::Item(Declared { means, module, at }));
                    } else {
                        found.extend(target);
                    }
                }
                Meant::Item(means) => found.push(Found::Item(Declared { means, module, at })),
            }
        }
        found
    }

    /// Follows `*` imports breadth first; a module that has the name hides what lies behind it.
    fn through_globs(&mut self, module: usize, name: &str, viewer: usize) -> Vec<Found> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::from([module]);
        let mut open = VecDeque::from([module]);
        while let Some(from) = open.pop_front() {
            let globs = self.globs_of(from);
            let inside = self.tree.within(viewer, from);
            for target in self.tree.that_have(name, &globs.targets, self.files) {
                if (inside || globs.targets[&target]) && !seen.contains(&target) {
                    let own = self.own(target, name, viewer);
                    if !own.is_empty() {
                        seen.insert(target);
                        found.extend(own);
                    }
                }
            }
            // Private globs lead on only for those who stand inside the module.
            let around = self.tree.ancestors(viewer);
            let around = around.into_iter().filter(|module| globs.targets.contains_key(module));
            for target in globs.through.iter().copied().chain(around) {
                if (inside || globs.targets[&target]) && seen.insert(target) {
                    open.push_back(target);
                }
            }
        }
        found
    }

    fn globs_of(&mut self, module: usize) -> Rc<Globs> {
        if let Some(globs) = self.globs.get(&module) {
            return Rc::clone(globs);
        }
        // While it is being found out, a circle adds nothing.
        self.globs.insert(module, Rc::default());
        let routes: Vec<(Route, bool)> = self.tree.modules[module]
            .globs
            .iter()
            .map(|glob| (glob.route.clone(), glob.public))
            .collect();
        let mut globs = Globs::default();
        for (route, public) in routes {
            for found in self.route(module, &route) {
                if let Found::Module(target) = found {
                    *globs.targets.entry(target).or_default() |= public;
                }
            }
        }
        let leads_on = |target: &usize| {
            let target = &self.tree.modules[*target];
            target.globs.iter().any(|glob| glob.public)
        };
        globs.through = globs.targets.keys().copied().filter(leads_on).collect();
        let globs = Rc::new(globs);
        self.globs.insert(module, Rc::clone(&globs));
        globs
    }

    /// Another crate: the package's own library, a path dependency, or a stranger.
    fn external(&mut self, viewer: usize, name: &str) -> Option<Found> {
        let krate = &self.tree.crates[self.tree.modules[viewer].krate];
        let package = krate.package;
        let library = self.tree.crates.iter().find(|other| {
            other.package == package && other.is_lib && other.name == name && !krate.is_lib
        });
        if let Some(library) = library {
            return Some(Found::Module(library.root));
        }
        if matches!(name, "std" | "core" | "alloc") {
            return Some(Found::Foreign(name.to_owned()));
        }
        let wanted = self.packages[package].0.externs.get(name)?.clone();
        let root = match &wanted.directory {
            Some(directory) if !is_ours(&wanted.package) => match self.libraries.get(directory) {
                Some(known) => *known,
                None => {
                    let read = self.read_library(&wanted, directory);
                    self.libraries.insert(directory.clone(), read);
                    read
                }
            },
            Some(_) | None => None,
        };
        Some(root.map_or_else(|| Found::Foreign(name.to_owned()), Found::Module))
    }

    fn read_library(&mut self, wanted: &Extern, directory: &Path) -> Option<usize> {
        let package = match self.workspace.dependency(wanted, directory) {
            Ok(package) => package,
            Err(error) => {
                self.tree.errors.push(error);
                return None;
            }
        };
        let target = package.targets.iter().find(|target| target.is_lib)?.clone();
        let around = &self.packages[0].1;
        let around = Surroundings::new(self.packages.len(), &package, &around.workspace_root);
        let around = match around {
            Ok(around) => Arc::new(around),
            Err(error) => {
                self.tree.errors.push(error);
                return None;
            }
        };
        self.packages.push((package, Arc::clone(&around)));
        let krate = self.tree.add(self.files, &target, &around);
        Some(self.tree.crates[krate].root)
    }

    /// What surrounds the package itself.
    pub(crate) fn around(&self) -> &Arc<Surroundings> {
        &self.packages[0].1
    }
}

/// What makes two findings the same.
fn key(found: &Found) -> (u8, usize, Option<Origin>, String) {
    match found {
        Found::Module(module) => (0, *module, None, String::new()),
        Found::Item(item) => (1, 0, Some(item.at.clone()), String::new()),
        Found::Foreign(path) => (2, 0, None, path.clone()),
    }
}
