use diesel::{Connection, PgConnection};
use diesel_autogen_database::testing;

use super::{Live, Own, Result, Runner, until_gone};
use crate::package::Package;

pub(super) fn url() -> String {
    testing::postgres_url()
}

/// Whether no server answers, and none has to.
pub(super) fn is_missing() -> bool {
    testing::postgres().is_none()
}

pub(super) fn open(package: &Package) -> Live {
    let own = testing::OwnDatabase::new(&url()).expect("a database");
    let conn = PgConnection::establish(&own.url()).expect("a connection");
    let runner = Runner::new(conn, package, "ROLLBACK");
    let database = own.open();
    let url = own.url();
    let harness = Box::new(Own { runner, _own: own, session: |_| Ok(String::new()) });
    Live { harness, database, asking: None, engine: package.engine, url }
}

const SLEEPING: &str =
    "FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";

pub(super) fn is_pausing(live: &mut Live) -> bool {
    live.query(&format!("SELECT count(*) {SLEEPING}")).is_ok_and(|count| count != "0")
}

/// The server notices a client that is gone when it writes to it, or after hours.
pub(super) fn forget_the_dead(live: &mut Live) -> Result<()> {
    live.query(&format!("SELECT pg_terminate_backend(pid) {SLEEPING}"))?;
    until_gone(live, &format!("SELECT count(*) {SLEEPING}"))
}
