//! The migrations of a package as a constant.

use std::fs;
use std::path::{Path, PathBuf};

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
    let mut revisions = Vec::new();
    for path in directories(&migrations)? {
        revisions.push(revision(&path)?);
    }
    revisions.sort_by(|(a, _), (b, _)| a.cmp(b));
    if let Some(pair) = revisions.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(format!(
            "two directories of `{}` have the version {}: rename one",
            migrations.display(),
            pair[0].0
        ));
    }
    let revisions = revisions.iter().map(|(_, tokens)| tokens);
    let snapshot = migrations.join(snapshot::FILE);
    let snapshot = snapshot.to_str().filter(|_| snapshot.exists()).map(|file| {
        quote! { const _: &[u8] = ::core::include_bytes!(#file); }
    });
    Ok(quote! {{
        #snapshot
        ::diesel_autogen::Migrations::new(#engine, &[#(#revisions),*])
    }})
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

/// The version of one directory, and its constant.
fn revision(path: &Path) -> Result<(String, TokenStream), String> {
    let shown = path.display();
    let name = path.file_name().and_then(|it| it.to_str());
    let name = name.ok_or_else(|| format!("the name of `{shown}` is no UTF-8"))?;
    let stamp = name.split_once('_').map_or(name, |(stamp, _)| stamp);
    let version = stamp.replace('-', "");
    let up = path.join("up.sql");
    if !up.is_file() {
        return Err(format!("`{shown}` has no up.sql: add the file, or remove the directory"));
    }
    let metadata = path.join("metadata.toml");
    let (mut transaction, mut replaces, mut watched) = (true, Vec::new(), None);
    if metadata.is_file() {
        let wrong = |error: String| format!("`{}`: {error}", metadata.display());
        let text = fs::read_to_string(&metadata).map_err(|error| wrong(error.to_string()))?;
        let table: toml::Table =
            text.parse().map_err(|error: toml::de::Error| wrong(error.message().to_owned()))?;
        // Diesel takes a file without the key for `false`.
        let key = table.get("run_in_transaction");
        transaction = key.and_then(toml::Value::as_bool).unwrap_or(false);
        let list = table.get("diesel_autogen").and_then(|it| it.get("replaces"));
        let list = list.and_then(toml::Value::as_array).into_iter().flatten();
        replaces.extend(list.filter_map(toml::Value::as_str).map(str::to_owned));
        let file = metadata.to_str().ok_or_else(|| wrong("its path is no UTF-8".to_owned()))?;
        watched = Some(quote! { const _: &[u8] = ::core::include_bytes!(#file); });
    }
    let up = up.to_str().ok_or_else(|| format!("the path of `{shown}` is no UTF-8"))?;
    let tokens = quote! {
        ::diesel_autogen::Embedded {
            version: #version,
            name: #name,
            up: { #watched ::core::include_str!(#up) },
            transaction: #transaction,
            replaces: &[#(#replaces),*],
        }
    };
    Ok((version, tokens))
}
