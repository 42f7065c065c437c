use diesel_autogen_schema::{Column, Dialect, Expr, OwnPlace, Table};

use crate::dialect::{Target, mysql, postgres, sqlite};
use crate::hazard::{Hazard, HazardCode};
use crate::plan::{Plan, Step};

/// What the comment above a script begins with that fills rows in batches.
pub const SAID: &str = "in batches: ";

/// Rows that get a value in a column where they hold none, so many at a time.
#[derive(Clone, Debug)]
pub(crate) struct Fill {
    /// The table as it will be; by its primary key rows are gone through.
    pub(crate) table: Table,
    pub(crate) column: Column,
    pub(crate) value: Expr,
    pub(crate) batch: u32,
    /// Whether every row has a value that fits, or none.
    pub(crate) fits: bool,
    /// Whether rows may hold nothing because there is no value for them.
    pub(crate) sparse: bool,
}

/// How a script fills rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filling {
    /// Its statements, without their semicolons.
    pub(crate) statements: Vec<String>,
    /// What is said above them behind [`SAID`] and what is filled; `None` when all rows are filled
    /// at once.
    pub(crate) batches: Option<String>,
    /// What stands before and behind them.
    pub(crate) frame: Option<(Step, Step)>,
    /// Whether it runs inside a transaction of the runner.
    pub(crate) transaction: bool,
}

/// The statements by which rows are filled batch by batch, with somebody told how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stepwise {
    /// Come first.
    pub begin: String,
    /// Fills one more batch.
    pub batch: String,
    /// The query for the rows that the batch filled, as text; NULL when none were left.
    pub filled: String,
    /// Come last, whatever happened.
    pub end: String,
    /// Whether nobody else writes to the database while a batch is filled.
    pub alone: bool,
}

/// How a script that fills rows in batches is run batch by batch, so that run as it stands it finds
/// nothing more to do. `None` for every other script.
pub fn stepwise(script: &str, dialect: Dialect) -> Option<Stepwise> {
    let said = script.lines().find_map(|line| line.strip_prefix("-- ")?.strip_prefix(SAID))?;
    match dialect {
        Dialect::Postgres => Some(postgres::batches::stepwise(script)),
        Dialect::Mysql => mysql::batches::stepwise(script),
        Dialect::Sqlite => sqlite::batches::stepwise(script, said),
    }
}

impl Fill {
    pub(super) fn new(table: &Table, column: &Column, value: &Expr, batch: u32) -> Fill {
        Fill {
            table: table.clone(),
            column: column.clone(),
            value: value.clone(),
            batch,
            fits: false,
            sparse: false,
        }
    }

    /// The same where the value is that of another column, whose type may be no wider.
    pub(super) fn of_another(self, fits: bool) -> Fill {
        Fill { fits, sparse: true, ..self }
    }

    pub(super) fn place(&self) -> OwnPlace {
        self.table.place().into()
    }

    /// What it does, in a few words.
    pub(super) fn about(&self) -> String {
        format!("fill {}.{}", self.table.name, self.column.name)
    }

    /// The plan of a revision that does nothing else. Stopped and started again, it goes on.
    pub(super) fn plan(&self, target: &Target) -> Plan {
        let filling = match target.dialect {
            Dialect::Postgres => postgres::batches::filling(self),
            Dialect::Mysql => mysql::batches::filling(self),
            Dialect::Sqlite => sqlite::batches::filling(self),
        };
        let Filling { statements, batches, frame, transaction } = filling;
        let place = self.table.place();
        let object = format!("{place}.{}", self.column.name);
        let detail = format!("{} may not fit every row", self.value.as_str());
        let misfit = (!self.fits).then(|| Hazard::new(HazardCode::FillMayFail, object, detail));
        let what = format!("{place}: fill {}", self.column.name);
        let why = match batches {
            Some(how) => format!("{SAID}{what}{how}"),
            None => what,
        };
        let hazards = misfit.into_iter().collect();
        let mut steps = vec![Step { why, up: statements, hazards, transaction, ..Step::default() }];
        if let Some((first, last)) = frame {
            steps.insert(0, first);
            steps.push(last);
        }
        Plan { steps, transaction }
    }
}
