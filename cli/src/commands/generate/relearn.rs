//! Migrations by hand whose effect is learned once more.

use diesel_autogen_evolve::revision::{History, Revision};
use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::sql::{self, Kind};

use crate::Error;

/// The history without what was learned of these revisions.
///
/// # Errors
/// When one is not on disk, was generated, or says nothing.
pub(super) fn forgotten(history: History, addresses: &[String]) -> Result<History, Error> {
    if addresses.is_empty() {
        return Ok(history);
    }
    let mut versions = Vec::new();
    for address in addresses {
        let revision = history.find(address)?;
        learnable(revision)?;
        versions.push(revision.version.clone());
    }
    let forget = |revision: &Revision| {
        let mut revision = revision.clone();
        if versions.contains(&revision.version) {
            revision.records = None;
            revision.up_checksum = None;
            revision.down_checksum = None;
        }
        revision
    };
    Ok(History::new(history.revisions().iter().map(forget).collect())?)
}

fn learnable(revision: &Revision) -> Result<(), Error> {
    let name = &revision.dir_name;
    if !revision.by_hand && revision.records.is_some() {
        return Err(Error::usage(format!(
            "--relearn: `{name}` was generated, and only what a person wrote is learned"
        )));
    }
    if sql::tokens(&revision.up_sql, Dialect::Sqlite).all(|token| token.kind == Kind::Space) {
        return Err(Error::usage(format!(
            "--relearn: `{name}/up.sql` says nothing: write what it does, or remove the directory"
        )));
    }
    Ok(())
}
