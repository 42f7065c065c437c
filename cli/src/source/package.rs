//! The package that is read: its targets, its features and its path dependencies, as
//! `cargo metadata` tells them without resolving versions (17 ms, and right about workspaces).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, TargetKind};
use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::config::Config;

use super::Request;
use super::cfg::Cfg;
use super::error::{SourceError, did_you_mean};
use super::features::{Enabled, enable};

/// One package with the features that are on.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) manifest: PathBuf,
    /// Where rustc runs, so that paths in messages are relative to it.
    pub(crate) workspace_root: PathBuf,
    /// The library first.
    pub(crate) targets: Vec<Target>,
    pub(crate) cfg: Cfg,
    /// Dependencies by the name they have in code.
    pub(crate) externs: BTreeMap<String, Extern>,
    /// `[package.metadata.diesel_autogen]`.
    pub(crate) config: Option<Config>,
}

/// One crate of a package.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The name in code.
    pub(crate) name: String,
    pub(crate) is_lib: bool,
    pub(crate) root: PathBuf,
}

/// A dependency.
#[derive(Clone, Debug)]
pub(crate) struct Extern {
    /// Its name in its own manifest.
    pub(crate) package: String,
    /// The directory of a path dependency, whose sources are at hand.
    pub(crate) directory: Option<PathBuf>,
    default_features: bool,
    features: BTreeSet<String>,
}

/// What cargo knows of a workspace.
#[derive(Debug)]
pub(crate) struct Workspace(Metadata);

impl Workspace {
    /// Asks cargo for the workspace of this manifest, or of the current directory.
    pub(crate) fn load(manifest_path: Option<&Path>) -> Result<Workspace, SourceError> {
        let mut command = MetadataCommand::new();
        command.no_deps().other_options(["--offline".to_owned()]);
        if let Some(path) = manifest_path {
            command.manifest_path(path);
        }
        command.exec().map(Workspace).map_err(|error| match error {
            cargo_metadata::Error::CargoMetadata { stderr } => {
                SourceError::package(stderr.trim().trim_start_matches("error: "))
            }
            other => SourceError::package(format!("cargo metadata: {other}")),
        })
    }

    /// The package that `request` means.
    pub(crate) fn package(&self, request: &Request) -> Result<Package, SourceError> {
        let package = choose(&self.0, request)?;
        let mut seeds: Vec<String> = Vec::new();
        let prefix = format!("{}/", package.name);
        for list in &request.features {
            let names = list.split([',', ' ']).filter(|name| !name.is_empty());
            seeds.extend(names.map(|name| name.strip_prefix(&prefix).unwrap_or(name).to_owned()));
        }
        if request.all_features {
            seeds.extend(package.features.keys().cloned());
        }
        if !request.no_default_features && package.features.contains_key("default") {
            seeds.push("default".to_owned());
        }
        self.build(package, seeds)
    }

    /// The package of a path dependency with the features that are asked of it. Members of the
    /// same workspace are known already.
    pub(crate) fn dependency(
        &self,
        wanted: &Extern,
        directory: &Path,
    ) -> Result<Package, SourceError> {
        let manifest = directory.join("Cargo.toml");
        let Some(package) = self.0.packages.iter().find(|package| same(package, &manifest)) else {
            let other = Workspace::load(Some(&manifest))?;
            return match other.0.packages.iter().find(|package| same(package, &manifest)) {
                Some(package) => other.build(package, wanted.seeds(package)),
                None => Err(SourceError::package(format!(
                    "{}: cargo finds no package here",
                    manifest.display()
                ))),
            };
        };
        self.build(package, wanted.seeds(package))
    }

    fn build(
        &self,
        package: &cargo_metadata::Package,
        seeds: Vec<String>,
    ) -> Result<Package, SourceError> {
        let enabled = enable(&package.features, seeds).map_err(|unknown| {
            let hint = did_you_mean(&unknown, package.features.keys().map(String::as_str));
            SourceError::package(format!("{} has no feature `{unknown}`{hint}", package.name))
        })?;
        let manifest = package.manifest_path.as_std_path();
        let config = std::fs::read_to_string(manifest)
            .map_err(|error| error.to_string())
            .and_then(|text| {
                let config = Config::from_manifest(&text);
                config.map_err(|error| error.to_string())
            })
            .map_err(|why| SourceError::package(format!("{}: {why}", manifest.display())))?;
        Ok(Package {
            config,
            name: package.name.to_string(),
            manifest: package.manifest_path.clone().into_std_path_buf(),
            workspace_root: self.0.workspace_root.clone().into_std_path_buf(),
            targets: targets(package, &enabled.features)?,
            externs: externs(package, &enabled),
            cfg: Cfg::new(enabled.features),
        })
    }
}

impl Package {
    /// The engine that it is for.
    pub(crate) fn dialect(&self) -> Dialect {
        self.config.as_ref().map_or_else(Dialect::default, |config| config.backend)
    }

    /// The directory of the manifest.
    pub(crate) fn root(&self) -> &Path {
        self.manifest.parent().unwrap_or(Path::new("."))
    }

    /// Whether it turns one of these features of Diesel on.
    pub(crate) fn asks_diesel_for(&self, features: &[&str]) -> bool {
        let mut diesel = self.externs.values().filter(|wanted| wanted.package == "diesel");
        diesel.any(|wanted| features.iter().any(|it| wanted.features.contains(*it)))
    }

    /// Names of dependencies that cannot lead to our derives: strangers' sources are not at hand,
    /// and a path dependency may hand our derives on.
    pub(crate) fn strangers(&self) -> Vec<String> {
        let strange = |wanted: &Extern| wanted.directory.is_none() && !is_ours(&wanted.package);
        let strangers = self.externs.iter().filter(|(_, wanted)| strange(wanted));
        strangers.map(|(name, _)| name.clone()).collect()
    }
}

/// Whether a package is the one that has the derives, or one behind it.
pub(crate) fn is_ours(package: &str) -> bool {
    package == "diesel_autogen" || package.starts_with("diesel_autogen_")
}

impl Extern {
    fn seeds(&self, package: &cargo_metadata::Package) -> Vec<String> {
        let mut seeds: Vec<String> = self.features.iter().cloned().collect();
        if self.default_features && package.features.contains_key("default") {
            seeds.push("default".to_owned());
        }
        seeds
    }
}

/// The package of that name; else the one of the manifest; else the workspace's choice; else the
/// only one that is set up.
fn choose<'a>(
    metadata: &'a Metadata,
    request: &Request,
) -> Result<&'a cargo_metadata::Package, SourceError> {
    let packages = metadata.workspace_packages();
    let names = || packages.iter().map(|package| package.name.as_str());
    let named = |name: &str| packages.iter().copied().find(|package| package.name == name);
    if let Some(name) = &request.package {
        return named(name).ok_or_else(|| {
            let hint = did_you_mean(name, names());
            SourceError::package(format!("the workspace has no package `{name}`{hint}"))
        });
    }
    // A manifest that is given is a choice; a workspace root that cargo found is one only if it
    // is itself a package.
    let manifest = match &request.manifest_path {
        Some(path) => Some(path.clone()),
        None => nearest_manifest(),
    };
    if let Some(package) =
        manifest.and_then(|manifest| packages.iter().copied().find(|p| same(p, &manifest)))
    {
        return Ok(package);
    }
    let ours = &metadata.workspace_metadata["diesel_autogen"]["default-package"];
    if let Some(name) = ours.as_str() {
        return named(name).ok_or_else(|| {
            let hint = did_you_mean(name, names());
            SourceError::package(format!(
                "[workspace.metadata.diesel_autogen] names the package `{name}`, which the \
                 workspace does not have{hint}"
            ))
        });
    }
    let set_up: Vec<_> = packages
        .iter()
        .copied()
        .filter(|package| package.metadata.get("diesel_autogen").is_some())
        .collect();
    match set_up.as_slice() {
        [only] => Ok(only),
        [] => Err(SourceError::package(
            "no package of the workspace has [package.metadata.diesel_autogen]; choose one with \
             -p and run `diesel-autogen init`",
        )),
        several => {
            let mut names: Vec<&str> = several.iter().map(|it| it.name.as_str()).collect();
            names.sort_unstable();
            Err(SourceError::package(format!(
                "several packages have [package.metadata.diesel_autogen] ({}); choose one with -p",
                names.join(", ")
            )))
        }
    }
}

fn nearest_manifest() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().map(|dir| dir.join("Cargo.toml")).find(|manifest| manifest.is_file())
}

fn same(package: &cargo_metadata::Package, manifest: &Path) -> bool {
    let theirs = package.manifest_path.as_std_path();
    theirs == manifest
        || match (theirs.canonicalize(), manifest.canonicalize()) {
            (Ok(theirs), Ok(manifest)) => theirs == manifest,
            (Err(_), _) | (_, Err(_)) => false,
        }
}

/// The library and the programs that are built with these features.
fn targets(
    package: &cargo_metadata::Package,
    features: &BTreeSet<String>,
) -> Result<Vec<Target>, SourceError> {
    let is_lib = |kind: &TargetKind| {
        matches!(
            kind,
            TargetKind::Lib
                | TargetKind::RLib
                | TargetKind::DyLib
                | TargetKind::CDyLib
                | TargetKind::StaticLib
        )
    };
    let mut targets: Vec<Target> = Vec::new();
    for target in &package.targets {
        let lib = target.kind.iter().any(is_lib);
        let built = target.required_features.iter().all(|name| features.contains(name));
        if lib || (target.is_bin() && built) {
            targets.push(Target {
                name: target.name.replace('-', "_"),
                is_lib: lib,
                root: target.src_path.clone().into_std_path_buf(),
            });
        }
    }
    if targets.is_empty() {
        return Err(SourceError::package(format!(
            "{}: {} has neither a library nor a program to read models from",
            package.manifest_path, package.name
        )));
    }
    targets.sort_by(|a, b| (!a.is_lib, &a.root).cmp(&(!b.is_lib, &b.root)));
    Ok(targets)
}

fn externs(package: &cargo_metadata::Package, enabled: &Enabled) -> BTreeMap<String, Extern> {
    let mut externs: BTreeMap<String, Extern> = BTreeMap::new();
    for dependency in &package.dependencies {
        if dependency.kind != DependencyKind::Normal {
            continue;
        }
        let key = dependency.rename.as_ref().unwrap_or(&dependency.name);
        // One dependency may stand under several targets: its wishes add up.
        let entry = externs.entry(key.replace('-', "_")).or_insert_with(|| Extern {
            package: dependency.name.clone(),
            directory: dependency.path.clone().map(Into::into),
            default_features: false,
            features: enabled.dependencies.get(key).cloned().unwrap_or_default(),
        });
        entry.default_features |= dependency.uses_default_features;
        entry.features.extend(dependency.features.iter().cloned());
    }
    externs
}
