use diesel::dsl::sql;
use diesel::sql_types::{Bool, Text};
use diesel::{Connection, MysqlConnection, RunQueryDsl, select};
use diesel_autogen_database::{Database, testing};

use super::{Live, Own, Result, Runner, until_gone};
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
    let harness = Box::new(Own { runner, _own: own, session });
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
    until_gone(live, &left)
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

fn session(conn: &mut MysqlConnection) -> Result<String> {
    let settings = (
        sql::<Text>("@@SESSION.sql_mode"),
        sql::<Bool>("@@SESSION.foreign_key_checks"),
        sql::<Bool>("@@SESSION.unique_checks"),
    );
    let found = select(settings).get_result::<(String, bool, bool)>(conn);
    found.map(|settings| format!("{settings:?}")).map_err(|error| error.to_string())
}
