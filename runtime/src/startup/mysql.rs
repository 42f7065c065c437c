use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::sql_types::{BigInt, Bool};
use diesel::{MysqlConnection, QueryableByName, RunQueryDsl, select, sql_query};
use diesel_autogen_progress::{
    Direction, Failure, LOCK, Progress, Script, UNLOCK, checksum, ledger, run,
};

use super::connection::{Applied, Work};
use super::{Embedded, Migrate, StartError};

impl Migrate for MysqlConnection {
    const ENGINE: &'static str = "mysql";

    fn has_table(&mut self, name: &str) -> Result<bool, StartError> {
        let exists = format!(
            "EXISTS (SELECT 1 FROM information_schema.tables \
             WHERE table_schema = DATABASE() AND table_name = '{name}')"
        );
        Ok(select(sql::<Bool>(&exists)).get_result(self)?)
    }

    fn rows(&mut self, query: &str) -> Result<Vec<Applied>, StartError> {
        Ok(sql_query(query).load(self)?)
    }

    fn half_done(&mut self) -> Result<Option<(String, bool)>, StartError> {
        let progress = Progress::read(self)
            .map_err(|refused| StartError::Database { reason: refused.to_string() })?;
        Ok(progress.map(|it| (it.version, it.direction == Direction::Up)))
    }

    fn apply(&mut self, revision: &Embedded) -> Result<(), String> {
        // It may be there already, where a process died right behind it.
        let note = ledger::once(revision.version);
        let script = Script {
            version: revision.version,
            direction: Direction::Up,
            text: revision.up,
            note: &note,
            other: &|| Err("this binary has no `down.sql`".to_owned()),
        };
        run(self, &script).map_err(in_words)?;
        let sum = ledger::checksum(revision.version, &checksum(revision.up));
        self.batch_execute(&ledger::transaction(&sum)).map_err(|error| error.to_string())
    }

    fn locked(
        &mut self,
        patience: Duration,
        work: &mut Work<'_, MysqlConnection>,
    ) -> Result<Vec<&'static str>, StartError> {
        let deadline = Instant::now() + patience;
        while !asked(self, LOCK)? {
            if Instant::now() >= deadline {
                return Err(StartError::Locked { seconds: patience.as_secs() });
            }
            sleep(Duration::from_millis(50));
        }
        let result = work(self);
        // The connection may go back to a pool.
        asked(self, UNLOCK)?;
        result
    }
}

/// Whether the server answers 1.
fn asked(conn: &mut MysqlConnection, query: &str) -> Result<bool, StartError> {
    #[derive(QueryableByName)]
    struct Answer {
        #[diesel(sql_type = diesel::sql_types::Nullable<BigInt>)]
        answer: Option<i64>,
    }
    let answers: Vec<Answer> = sql_query(format!("{query} AS answer")).load(conn)?;
    Ok(answers.first().and_then(|it| it.answer) == Some(1))
}

fn in_words(failure: Failure) -> String {
    match failure {
        Failure::Unfit(reason) | Failure::Guard { statement: _, reason } => reason,
        Failure::LeftOpen => "it begins a transaction and does not end it".to_owned(),
        Failure::Half { direction, reason, done, of } => format!(
            "{}; {done} of the {of} statements of its {}.sql are done and stay: a retry goes on \
             behind them",
            reason.trim_end(),
            direction.name()
        ),
        Failure::Server(refused) => refused.to_string(),
    }
}
