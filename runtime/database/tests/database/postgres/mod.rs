//! PostgreSQL, on the server that `AUTOGEN_POSTGRES_URL` names.

mod apply;
mod cost;
mod coverage;
mod dump;
mod foreign;
mod introspect;
mod proof;
mod random;
mod scratch;
mod seed;
mod unmanaged;

use diesel_autogen_database::{Scratch, Server, testing};
use diesel_autogen_schema::{Dialect, Live, Table};

/// Where scratch databases come from; `None` where no server answers and none has to.
fn server() -> Option<Server> {
    testing::has_postgres().then_some(())?;
    Server::of(Dialect::Postgres, Some(&testing::postgres_url()))
}

/// A database that a script was run in.
fn made(server: &Server, sql: &str) -> Scratch {
    let mut scratch = server.scratch().unwrap();
    scratch.execute(sql, true).unwrap();
    scratch
}

/// What a database holds that a script was run in.
fn live(server: &Server, sql: &str) -> Live {
    made(server, sql).live().unwrap()
}

/// The only table of a script.
fn table(server: &Server, sql: &str) -> Table {
    let live = live(server, sql);
    let [table] = &live.schema.tables[..] else { panic!("{:#?}", live.schema.tables) };
    table.clone()
}
