//! The migrations of a package as a constant.

use std::fs;
use std::path::{Path, PathBuf};

use diesel_autogen_schema::lineage::{Lineage, Stated};
use diesel_autogen_schema::snapshot;
use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

use crate::project::project;

/// `embed!()` becomes
///
/// ```text
/// {
///     const _: &[u8] = include_bytes!("…/migrations/schema.toml");
///     Migrations::new("sqlite", &[Embedded { version: "20261122120000", up: include_str!("…"), … }])
/// }
/// ```
///
/// The files are watched by cargo. A directory that is new is noticed by the snapshot, which
/// changes with every revision that is generated.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let result = match input.is_empty() {
        true => embedded(None),
        false => syn::parse2::<LitStr>(input)
            .map_err(|error| error.to_string())
            .and_then(|name| embedded(Some(&name.value()))),
    };
    result.unwrap_or_else(|error| quote! { ::core::compile_error!(#error) })
}

fn embedded(directory: Option<&str>) -> Result<TokenStream, String> {
    let project = project();
    let migrations = project.dir().join(directory.unwrap_or(&project.config.migrations));
    let engine = project.dialect().name();
    let paths = directories(&migrations)?;
    let mut revisions: Vec<Revision> =
        paths.iter().map(|path| Revision::read(path)).collect::<Result<_, _>>()?;
    revisions.sort_by(|a, b| a.version.cmp(&b.version));
    if let Some(pair) = revisions.windows(2).find(|pair| pair[0].version == pair[1].version) {
        return Err(format!(
            "two directories of `{}` have the version {}: rename one",
            migrations.display(),
            pair[0].version
        ));
    }
    let lineage = lineage(&revisions)?;
    let revisions = (0..revisions.len()).map(|at| {
        let later = (at + 1..revisions.len()).filter(|it| lineage.are_joined(at, *it));
        revisions[at].tokens(later.map(|it| revisions[it].version.as_str()))
    });
    let snapshot = migrations.join(snapshot::FILE);
    let snapshot = snapshot.to_str().filter(|_| snapshot.exists()).map(|file| {
        quote! { const _: &[u8] = ::core::include_bytes!(#file); }
    });
    Ok(quote! {{
        #snapshot
        ::diesel_autogen::Migrations::new(#engine, &[#(#revisions),*])
    }})
}

/// Which of the revisions follow which, which must be one line in the end.
fn lineage(revisions: &[Revision]) -> Result<Lineage, String> {
    let lineage = Lineage::new(&revisions.iter().map(Revision::stated).collect::<Vec<_>>());
    let heads = lineage.heads();
    let heads = revisions.iter().zip(heads).filter(|(_, is_head)| *is_head);
    let heads: Vec<String> = heads.map(|(it, _)| format!("`{}`", it.name)).collect();
    match heads.len() {
        0 | 1 => Ok(lineage),
        count => Err(format!(
            "the migrations have {count} heads: nothing brings {} together; run diesel-autogen \
             merge heads, or diesel-autogen rebase",
            heads.join(" and ")
        )),
    }
}

/// The entries that Diesel takes for migrations.
fn directories(migrations: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |error: std::io::Error| {
        format!("`{}`: {error}; `migrations` in Cargo.toml names it", migrations.display())
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(migrations).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let is_hidden = path.file_name().is_some_and(|it| it.as_encoded_bytes().starts_with(b"."));
        if path.is_dir() && !is_hidden {
            found.push(path);
        }
    }
    Ok(found)
}

/// One directory.
struct Revision {
    version: String,
    name: String,
    /// Path of `up.sql`.
    up: String,
    /// Path of `metadata.toml`, where there is one.
    metadata: Option<String>,
    transaction: bool,
    replaces: Vec<String>,
    parents: Option<Vec<String>>,
    by_hand: bool,
}

impl Revision {
    fn read(path: &Path) -> Result<Revision, String> {
        let shown = path.display();
        let name = path.file_name().and_then(|it| it.to_str());
        let name = name.ok_or_else(|| format!("the name of `{shown}` is no UTF-8"))?;
        let stamp = name.split_once('_').map_or(name, |(stamp, _)| stamp);
        let up = path.join("up.sql");
        if !up.is_file() {
            return Err(format!("`{shown}` has no up.sql: add the file, or remove the directory"));
        }
        let mut revision = Revision {
            version: stamp.replace('-', ""),
            name: name.to_owned(),
            up: utf8(&up)?,
            metadata: None,
            transaction: true,
            replaces: Vec::new(),
            parents: None,
            by_hand: true,
        };
        let metadata = path.join("metadata.toml");
        if metadata.is_file() {
            revision.describe(&metadata)?;
        }
        Ok(revision)
    }

    fn describe(&mut self, metadata: &Path) -> Result<(), String> {
        let wrong = |error: &str| format!("`{}`: {error}", metadata.display());
        let text = fs::read_to_string(metadata).map_err(|error| wrong(&error.to_string()))?;
        let table: toml::Table =
            text.parse().map_err(|error: toml::de::Error| wrong(error.message()))?;
        self.metadata = Some(utf8(metadata)?);
        // Diesel takes a file without the key for `false`.
        let key = table.get("run_in_transaction");
        self.transaction = key.and_then(toml::Value::as_bool).unwrap_or(false);
        let Some(ours) = table.get("diesel_autogen") else { return Ok(()) };
        let versions = |key: &str| {
            let list = ours.get(key).and_then(toml::Value::as_array)?;
            Some(list.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect())
        };
        self.replaces = versions("replaces").unwrap_or_default();
        self.parents = versions("parents");
        self.by_hand = ours.get("by_hand").and_then(toml::Value::as_bool).unwrap_or(false);
        Ok(())
    }

    fn stated(&self) -> Stated<'_> {
        let Revision { version, parents, by_hand, .. } = self;
        Stated { version, parents: parents.as_deref(), by_hand: *by_hand }
    }

    /// Its constant, with the later ones that may have run before it.
    fn tokens<'r>(&self, joined: impl Iterator<Item = &'r str>) -> TokenStream {
        let Revision { version, name, up, metadata, transaction, replaces, .. } = self;
        let watched = metadata.as_ref().map(|file| {
            quote! { const _: &[u8] = ::core::include_bytes!(#file); }
        });
        quote! {
            ::diesel_autogen::Embedded {
                version: #version,
                name: #name,
                up: { #watched ::core::include_str!(#up) },
                transaction: #transaction,
                replaces: &[#(#replaces),*],
                joined: &[#(#joined),*],
            }
        }
    }
}

fn utf8(path: &Path) -> Result<String, String> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| format!("the path of `{}` is no UTF-8", path.display()))
}
