//! MySQL and MariaDB, on the server that `AUTOGEN_MYSQL_URL` names.

mod apply;
mod cost;
mod coverage;
mod introspect;
mod proof;
mod random;
mod scratch;

use diesel_autogen_database::{Scratch, Server, testing};
use diesel_autogen_schema::{Dialect, Live, Table};

/// Where scratch databases come from; `None` where no server answers and none has to.
fn server() -> Option<Server> {
    testing::has_mysql().then_some(())?;
    Server::of(Dialect::Mysql, Some(&testing::mysql_url()))
}

/// A database that a script was run in, whose tables are as facts have them by themselves.
fn made(server: &Server, sql: &str) -> Scratch {
    let mut scratch = server.scratch().unwrap();
    scratch
        .execute("ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci", false)
        .unwrap();
    scratch.execute(sql, false).unwrap();
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
