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
    Live { harness: Box::new(Own { runner, _own: own }), database, engine: package.engine }
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
