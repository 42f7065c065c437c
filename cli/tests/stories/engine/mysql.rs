use std::thread::sleep;
use std::time::Duration;

use diesel::dsl::sql;
use diesel::sql_types::{Bool, Text};
use diesel::{Connection, MysqlConnection, RunQueryDsl, select};
use diesel_autogen_database::{Database, testing};

use super::{Harness, Live, Result, Runner};
use crate::package::Package;

pub(super) fn url() -> String {
    testing::mysql_url()
}

/// Whether no server answers, and none has to.
pub(super) fn is_missing() -> bool {
    !testing::has_mysql()
}

pub(super) fn open(package: &Package) -> Live {
    let own = testing::OwnDatabase::mysql(&url()).expect("a database");
    let conn = MysqlConnection::establish(&own.url()).expect("a connection");
    let runner = Runner::new(conn, package, "ROLLBACK");
    let (database, asking) = (own.open(), Some(asking(&own.url())));
    let url = own.url();
    let harness = Box::new(Own { runner, _own: own });
    Live { harness, database, asking, engine: package.engine, url }
}

const SLEEPING: &str =
    "FROM information_schema.processlist WHERE state = 'User sleep' AND db = DATABASE()";

pub(super) fn is_pausing(live: &mut Live) -> bool {
    live.query(&format!("SELECT count(*) {SLEEPING}")).is_ok_and(|count| count != "0")
}

/// The server notices a client that is gone when it writes to it.
pub(super) fn forget_the_dead(live: &mut Live) -> Result<()> {
    let numbers = live.query(&format!("SELECT id {SLEEPING}"))?;
    for number in numbers.lines() {
        live.execute(&format!("KILL {number}"))?;
    }
    let left = format!(
        "SELECT count(*) FROM information_schema.processlist WHERE id IN (0, {})",
        numbers.lines().collect::<Vec<_>>().join(", ")
    );
    for _ in 0..500 {
        if live.query(&left)? == "0" {
            return Ok(());
        }
        sleep(Duration::from_millis(10));
    }
    Err("the server goes on with what a killed process asked for".to_owned())
}

/// A connection where double quotes stand round names and `||` joins texts, as they do in stories
/// on every engine.
fn asking(url: &str) -> Database {
    let mut database = Database::open(url).expect("a connection");
    database
        .execute("SET sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES,PIPES_AS_CONCAT')")
        .expect("a mode");
    database
}

/// A runner and the database that is dropped after it.
struct Own {
    runner: Runner<MysqlConnection>,
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

    fn session(&mut self) -> Result<String> {
        let settings = (
            sql::<Text>("@@SESSION.sql_mode"),
            sql::<Bool>("@@SESSION.foreign_key_checks"),
            sql::<Bool>("@@SESSION.unique_checks"),
        );
        let found = select(settings).get_result::<(String, bool, bool)>(&mut self.runner.conn);
        found.map(|settings| format!("{settings:?}")).map_err(|error| error.to_string())
    }
}
