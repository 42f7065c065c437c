use super::connection::Connection;
use crate::{Dump, Error};

/// The dump of a database.
///
/// # Errors
/// When the database cannot be read.
pub fn dump(conn: &mut Connection) -> Result<Dump, Error> {
    let _ = conn.url();
    Err(Error::Unreadable {
        object: "the database".to_owned(),
        reason: "PostgreSQL is not complete in this build".to_owned(),
    })
}
