//! MySQL and MariaDB.

use diesel_autogen_schema::{Change, Live};

use super::Target;
use crate::decide::Refusal;
use crate::plan::Plan;

/// The plan that makes `changes` on a database that holds `live`.
///
/// # Errors
/// Whatever is to be changed: nothing is rendered for these servers yet.
pub(crate) fn plan(
    changes: &[Change],
    _target: &Target,
    _live: &Live,
) -> Result<Plan, Vec<Refusal>> {
    if changes.is_empty() {
        return Ok(Plan { steps: Vec::new(), transaction: false });
    }
    let object = |change: &Change| match change {
        Change::CreateTable(table) | Change::DropTable(table) => table.place().to_string(),
        Change::AlterTable(change) => change.before.place().to_string(),
        Change::CreateExtension(name) | Change::DropExtension(name) => name.to_string(),
    };
    let reason = "is not written for MySQL and MariaDB by this release";
    let refused = changes.iter().map(|it| Refusal::Unsupported { object: object(it), reason });
    Err(refused.collect())
}
