use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::dsl::sql;
use diesel::migration::MigrationConnection;
use diesel::sql_types::{BigInt, Bool};
use diesel::{MysqlConnection, QueryDsl, QueryableByName, RunQueryDsl, select, sql_query};
use diesel_autogen_progress::{Direction, Failure, LOCK, Progress, Script, UNLOCK, run};

use super::connection::Work;
use super::{Embedded, Migrate, StartError};

impl Migrate for MysqlConnection {
    const ENGINE: &'static str = "mysql";

    fn versions(&mut self) -> Result<Vec<String>, StartError> {
        let exists = "EXISTS (SELECT 1 FROM information_schema.tables \
                      WHERE table_schema = DATABASE() \
                      AND table_name = '__diesel_schema_migrations')";
        if !select(sql::<Bool>(exists)).get_result::<bool>(self)? {
            return Ok(Vec::new());
        }
        use super::connection::__diesel_schema_migrations::dsl;
        Ok(dsl::__diesel_schema_migrations.select(dsl::version).order(dsl::version).load(self)?)
    }

    fn half_done(&mut self) -> Result<Option<(String, bool)>, StartError> {
        let progress = Progress::read(self)
            .map_err(|refused| StartError::Database { reason: refused.to_string() })?;
        Ok(progress.map(|it| (it.version, it.direction == Direction::Up)))
    }

    fn prepare(&mut self) -> Result<(), StartError> {
        MigrationConnection::setup(self)?;
        Ok(())
    }

    fn apply(&mut self, revision: &Embedded) -> Result<(), String> {
        let version = revision.version.replace('\'', "''");
        // It may be there already, where a process died right behind it.
        let note = format!(
            "INSERT INTO __diesel_schema_migrations (version) SELECT '{version}' WHERE NOT EXISTS \
             (SELECT 1 FROM __diesel_schema_migrations WHERE version = '{version}')"
        );
        let script = Script {
            version: revision.version,
            direction: Direction::Up,
            text: revision.up,
            note: &note,
            other: &|| Err("this binary has no `down.sql`".to_owned()),
        };
        run(self, &script).map_err(in_words)
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
