use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::sql_types::Bool;
use diesel::{PgConnection, RunQueryDsl, select, sql_query};
use diesel_autogen_schema::Dialect;

use super::connection::{Applied, Work};
use super::{Embedded, Migrate, StartError, script};

/// The number of the advisory lock that `diesel-autogen upgrade` takes: `autogen` in ASCII.
const ADVISORY: i64 = 0x0061_7574_6f67_656e;

impl Migrate for PgConnection {
    const ENGINE: &'static str = "postgres";

    fn has_table(&mut self, name: &str) -> Result<bool, StartError> {
        let exists = format!("to_regclass('{name}') IS NOT NULL");
        Ok(select(sql::<Bool>(&exists)).get_result(self)?)
    }

    fn rows(&mut self, query: &str) -> Result<Vec<Applied>, StartError> {
        Ok(sql_query(query).load(self)?)
    }

    fn apply(&mut self, revision: &Embedded) -> Result<(), String> {
        let scripts = script::noted(revision, Dialect::Postgres);
        let result = scripts.iter().try_for_each(|it| self.batch_execute(it));
        if result.is_err() {
            // Of a script that brings its own transaction it may still be open.
            let _ = self.batch_execute("ROLLBACK");
        }
        result.map_err(|error| error.to_string())
    }

    fn locked(
        &mut self,
        patience: Duration,
        work: &mut Work<'_, PgConnection>,
    ) -> Result<Vec<&'static str>, StartError> {
        let deadline = Instant::now() + patience;
        // Asked for again and again: waiting inside the server would keep a concurrent index build
        // of the process that holds it waiting for ever.
        let lock = format!("pg_try_advisory_lock({ADVISORY})");
        while !select(sql::<Bool>(&lock)).get_result::<bool>(self)? {
            if Instant::now() >= deadline {
                return Err(StartError::Locked { seconds: patience.as_secs() });
            }
            sleep(Duration::from_millis(50));
        }
        let result = work(self);
        // The connection may go back to a pool.
        let unlock = format!("pg_advisory_unlock({ADVISORY})");
        select(sql::<Bool>(&unlock)).get_result::<bool>(self)?;
        result
    }
}
