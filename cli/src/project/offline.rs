//! What can be known of a database when there is no server to make one on.

use diesel_autogen_evolve::revision::History;
use diesel_autogen_schema::{Change, Delta, Dialect, Edit, Live, Schema, sql};

use crate::{Error, Exit};

/// How a server is named.
const WAYS: &str = "name a PostgreSQL server with --scratch-url or DATABASE_URL, on which a \
                    database is made for it and dropped again";

/// The database that the records alone tell of.
///
/// # Errors
/// When a migration that a person wrote may have changed it in a way that nobody noted.
pub(super) fn assumed(history: &History, owned: &Schema, dialect: Dialect) -> Result<Live, Error> {
    let is_written =
        |sql: &str| sql::tokens(sql, dialect).any(|token| token.kind != sql::Kind::Space);
    let unlearned: Vec<&str> = history
        .unlearned()
        .filter(|revision| is_written(&revision.up_sql))
        .map(|revision| revision.dir_name.as_str())
        .collect();
    if unlearned.is_empty() {
        return Ok(Live::of(dialect, owned.clone()));
    }
    Err(Error::new(
        Exit::Decision,
        format!(
            "what `{}` does is not recorded yet, and is learned by running it: {WAYS}",
            unlearned.join("`, `")
        ),
    ))
}

/// Makes sure that the models claim nothing that is in the database already: whether it is as they
/// say, only the database knows.
///
/// # Errors
/// Everything that is there, by its line in the snapshot.
pub(super) fn claims_nothing(changes: &[Change], unmanaged: &[String]) -> Result<(), Error> {
    let claimed: Vec<String> = changes
        .iter()
        .flat_map(claims)
        .filter(|claim| unmanaged.contains(claim))
        .map(|claim| {
            format!(
                "{claim} is in the database already and belongs to no model so far: whether it is \
                 as the models have it now must be looked at: {WAYS}"
            )
        })
        .collect();
    if claimed.is_empty() { Ok(()) } else { Err(Error::all(Exit::Decision, claimed)) }
}

/// The lines with which a snapshot would tell of what a change makes, were it there already.
fn claims(change: &Change) -> Vec<String> {
    let mut lines = Vec::new();
    let Some(after) = change.after() else { return lines };
    let types = after.columns.iter().filter_map(|column| column.sql_type.enumeration());
    lines.extend(types.map(|it| format!("enum {}", it.place())));
    let place = after.place();
    let Some(altered) = change.altered() else {
        lines.push(format!("table {place}"));
        lines.extend(after.indexes.iter().map(|it| format!("index {} on {place}", it.name)));
        return lines;
    };
    for edit in &altered.edits {
        match edit {
            Edit::Column(Delta::Added(it)) => lines.push(format!("column {place}.{}", it.name)),
            Edit::Index(Delta::Added(it)) => lines.push(format!("index {} on {place}", it.name)),
            Edit::Exclusion(Delta::Added(it)) => {
                lines.push(format!("exclude {} on {place}", it.name));
            }
            Edit::Check(Delta::Added(it)) => {
                lines.push(format!("check ({}) on {place}", it.expr.as_str()));
            }
            Edit::Unique(Delta::Added(it)) => {
                lines.push(format!("unique ({}) on {place}", it.columns.join(", ")));
            }
            Edit::ForeignKey(Delta::Added(it)) => {
                lines.push(format!("foreign key ({}) on {place}", it.columns.join(", ")));
            }
            Edit::Column(Delta::Removed(_) | Delta::Changed { .. })
            | Edit::Index(Delta::Removed(_) | Delta::Changed { .. })
            | Edit::Exclusion(Delta::Removed(_) | Delta::Changed { .. })
            | Edit::Check(Delta::Removed(_) | Delta::Changed { .. })
            | Edit::Unique(Delta::Removed(_) | Delta::Changed { .. })
            | Edit::ForeignKey(Delta::Removed(_) | Delta::Changed { .. })
            | Edit::PrimaryKey { .. }
            | Edit::Strict { .. }
            | Edit::WithoutRowid { .. }
            | Edit::Extras { .. }
            | Edit::Comment { .. } => {}
        }
    }
    lines
}
