mod catalogue;
mod columns;
mod objects;
mod tables;
mod types;

use diesel::mysql::MysqlConnection;
use diesel_autogen_schema::{Dialect, Live, MyLive, Schema, names};

use self::catalogue::Catalogue;
pub(super) use self::catalogue::release;
use crate::Error;

/// What the database holds, in a constant number of queries.
///
/// Diesel's own table and `__diesel_autogen…` are left out. Expressions are as the server writes
/// them; a type that facts do not know is a custom one, spelled in the same way. What a column of
/// labels is called is no fact here: all are called `enum`. An index that a foreign key brings
/// along is no fact.
///
/// # Errors
/// When the database cannot be read.
pub fn introspect(conn: &mut MysqlConnection) -> Result<Live, Error> {
    let catalogue = Catalogue::read(conn)?;
    let my = MyLive {
        flavour: catalogue.flavour,
        release: catalogue.release,
        collation: catalogue.collation.clone().into(),
    };
    Ok(Live {
        engine: Dialect::Mysql,
        schema: Schema::of(tables::tables(&catalogue)).canonical(),
        objects: objects::objects(&catalogue),
        my,
        ..Live::default()
    })
}

/// Tables of Diesel's runner and of this tool.
pub(super) fn is_ours(name: &str) -> bool {
    name.starts_with(names::BOOKKEEPING) || name.starts_with("__diesel_autogen")
}
