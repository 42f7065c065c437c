use diesel::mysql::MysqlConnection;
use diesel_autogen_progress::{Object, objects, shape};
use diesel_autogen_schema::Live;

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
    let all = objects(conn)?;
    Ok(Dump::of(shown(conn, all)?.into_iter().map(|(_, _, text)| text).collect()))
}

/// What everything looks like of which it is known that it is there, with its kind and its name.
pub(super) fn shapes(
    conn: &mut MysqlConnection,
    live: &Live,
) -> Result<Vec<(String, String, String)>, Error> {
    let all = if live.objects.is_empty() {
        live.schema.tables.iter().map(|it| Object::table(it.name.to_string())).collect()
    } else {
        objects(conn)?
    };
    shown(conn, all)
}

fn shown(
    conn: &mut MysqlConnection,
    all: Vec<Object>,
) -> Result<Vec<(String, String, String)>, Error> {
    let mut found = Vec::new();
    for object in all.into_iter().filter(|it| !is_ours(&it.name)) {
        let text = shape(&object, conn)?;
        found.push((object.kind, object.name, text));
    }
    Ok(found)
}
