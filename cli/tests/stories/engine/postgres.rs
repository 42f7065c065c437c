use std::thread::sleep;
use std::time::Duration;

use diesel::{Connection, PgConnection};
use diesel_autogen_database::testing;

use super::{Harness, Live, Result, Runner};
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
    let harness = Box::new(Own { runner, _own: own });
    Live { harness, database, asking: None, engine: package.engine, url }
}

pub(super) fn is_pausing(live: &mut Live) -> bool {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = \
               current_database()";
    live.query(sql).is_ok_and(|count| count != "0")
}

/// The server notices a client that is gone when it writes to it, or after hours.
pub(super) fn forget_the_dead(live: &mut Live) -> Result<()> {
    let others = "FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = \
                  current_database()";
    live.query(&format!("SELECT pg_terminate_backend(pid) {others}"))?;
    for _ in 0..500 {
        if live.query(&format!("SELECT count(*) {others}"))? == "0" {
            return Ok(());
        }
        sleep(Duration::from_millis(10));
    }
    Err("the server goes on with what a killed process asked for".to_owned())
}

/// A runner and the database that is dropped after it.
struct Own {
    runner: Runner<PgConnection>,
    _own: testing::OwnDatabase,
}

impl Harness for Own {
    fn up(&mut self) -> Result<()> {
        self.runner.up()
    }

    fn down(&mut self) -> Result<()> {
        self.runner.down()
    }

    fn execute(&mut self, sql: &str) -> Result<()> {
        self.runner.execute(sql)
    }

    fn recover(&mut self) -> Result<()> {
        self.runner.recover()
    }
}
