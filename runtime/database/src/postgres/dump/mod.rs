mod catalogue;
mod order;
mod tool;

use diesel_autogen_schema::Place;

use super::connection::Connection;
use super::note::with_plain_names;
use crate::{Dump, Error};

/// The dump of a database: what `pg_dump` says of it where there is one that knows the server's
/// release, and what the server's catalogue says otherwise.
///
/// Owners, privileges and rows are left out, as are Diesel's own table and `__diesel_autogen…`.
/// The order of columns makes no difference, nor does that of statements and of storage parameters.
///
/// # Errors
/// When the database cannot be read.
pub fn dump(conn: &mut Connection) -> Result<Dump, Error> {
    let url = conn.url().map(str::to_owned);
    if let Some(url) = url
        && let Some(text) = tool::text(conn.diesel(), &url, &[])?
    {
        return Ok(order::dump(tool::statements(&text)));
    }
    catalogue_dump(conn)
}

/// The statements that `pg_dump` writes for a database, or for these tables of it; `None` where it
/// cannot be asked.
pub(crate) fn told_by_tool(conn: &mut Connection, tables: &[Place<'_>]) -> Option<Vec<String>> {
    let url = conn.url().map(str::to_owned)?;
    let text = tool::text(conn.diesel(), &url, tables).ok().flatten()?;
    let text = with_plain_names(&text);
    Some(tool::statements(&text).iter().map(|it| order::ordered(it)).collect())
}

/// A place as `pg_dump` writes it.
pub(crate) fn shown(place: Place<'_>) -> String {
    let name = |name: &str| match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => crate::ident::quoted(name),
        false => crate::ident::shown(name),
    };
    match place.schema {
        Some(schema) => format!("{}.{}", name(schema), name(place.name)),
        None => name(place.name),
    }
}

/// The dump of a database as the server's catalogue has it, whatever tools there are.
///
/// # Errors
/// When the database cannot be read.
pub fn catalogue_dump(conn: &mut Connection) -> Result<Dump, Error> {
    catalogue::statements(conn.diesel()).map(order::dump)
}
