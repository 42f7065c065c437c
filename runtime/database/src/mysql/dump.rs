use diesel::mysql::MysqlConnection;
use diesel_autogen_progress::{objects, shape};

use super::introspect::is_ours;
use crate::{Dump, Error};

/// The dump of a database: what `SHOW CREATE` says of everything in it.
///
/// Rows are left out, as are how far tables have counted, Diesel's own table and
/// `__diesel_autogen…`. The order of columns, keys and rules makes no difference.
///
/// # Errors
/// When the database cannot be read.
pub fn dump(conn: &mut MysqlConnection) -> Result<Dump, Error> {
    Ok(Dump::of(shapes(conn)?.into_iter().map(|(_, _, text)| text).collect()))
}

/// What everything looks like, with its kind and its name.
pub(super) fn shapes(conn: &mut MysqlConnection) -> Result<Vec<(String, String, String)>, Error> {
    let mut found = Vec::new();
    for object in objects(conn)?.into_iter().filter(|it| !is_ours(&it.name)) {
        let text = shape(&object, conn)?;
        found.push((object.kind, object.name, text));
    }
    Ok(found)
}
