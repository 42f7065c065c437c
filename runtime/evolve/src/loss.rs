//! What reverting revisions takes with it, as questions that a database can answer.

use std::collections::BTreeMap;

use diesel_autogen_schema::{
    Change, Column, Delta, Dialect, OwnPlace, Place, SqlType, TableChange, Text,
};

use crate::decide::{Conversion, conversion, filler};
use crate::dialect::Target;
use crate::dialect::postgres;
use crate::dialect::sqlite::render::is_literal;
use crate::dialect::sqlite::types::converted;
use crate::guard::{Speech, is_stopped};
use crate::revision::Replayed;
use crate::script::{Statement, read};

/// Something that the way back of a revision loses where there are rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Directory of the revision.
    pub revision: String,
    /// What is lost, as it is called after the revision: `users`, `users.bio`.
    pub object: String,
    /// The table that it is, or is in.
    pub table: String,
    /// What is counted: `rows`, `values`.
    pub noun: &'static str,
    /// What becomes of values that are not dropped, as a fragment.
    pub how: Option<&'static str>,
    /// The query for the number, on a database that has all of the revisions, in a column called
    /// `n`.
    pub count: String,
}

impl Loss {
    /// What is lost, in a sentence, when the database answers with this number.
    pub fn sentence(&self, number: usize) -> String {
        let Loss { revision, object, noun, how, .. } = self;
        let noun = if number == 1 { noun.trim_end_matches('s') } else { noun };
        match how {
            None => format!("downgrading {revision} would lose {number} {noun} of {object}"),
            Some(how) => {
                format!("downgrading {revision} would change {number} {noun} of {object}: {how}")
            }
        }
    }
}

/// What reverting these revisions, given in the order in which they are reverted, may lose. What
/// they themselves bring back has no rows yet.
pub fn losses(path: &[&Replayed<'_>], target: &Target) -> Vec<Loss> {
    let mut names = Names::default();
    let mut found = Vec::new();
    for replayed in path {
        let down = replayed.revision.down_sql.as_deref().unwrap_or_default();
        let down = read(down, target.dialect);
        let asking = Asking { speech: Speech::of(target), names: &names, replayed, down: &down };
        for change in &replayed.changes {
            match change {
                Change::CreateTable(table) => found.extend(asking.table(table.place())),
                Change::AlterTable(change) => found.extend(asking.altered(change)),
                Change::DropTable(_) | Change::CreateExtension(_) | Change::DropExtension(_) => {}
            }
        }
        names = names.before(&replayed.changes);
    }
    found
}

/// What things of an earlier state are called in the database; `None` for what is not there.
#[derive(Default)]
struct Names {
    tables: BTreeMap<OwnPlace, Option<OwnPlace>>,
    columns: BTreeMap<(OwnPlace, Text), Option<Text>>,
}

impl Names {
    fn table(&self, place: Place<'_>) -> Option<OwnPlace> {
        let own = OwnPlace::from(place);
        self.tables.get(&own).cloned().unwrap_or(Some(own))
    }

    fn column(&self, table: Place<'_>, name: &Text) -> Option<Text> {
        let found = self.columns.get(&(table.into(), name.clone()));
        found.cloned().unwrap_or_else(|| Some(name.clone()))
    }

    /// The names of the state before these changes.
    fn before(&self, changes: &[Change]) -> Names {
        let after = |place: &OwnPlace| {
            changes.iter().filter_map(Change::after).any(|it| it.place() == place.place())
        };
        let tables = self.tables.iter().filter(|(place, _)| !after(place));
        let columns = self.columns.iter().filter(|((place, _), _)| !after(place));
        let pair = |(a, b): (&OwnPlace, &Option<OwnPlace>)| (a.clone(), b.clone());
        let mut names = Names {
            tables: tables.map(pair).collect(),
            columns: columns.map(|(a, b)| (a.clone(), b.clone())).collect(),
        };
        for change in changes {
            match change {
                Change::AlterTable(change) => names.follow(self, change),
                Change::DropTable(table) => {
                    names.tables.insert(table.place().into(), None);
                }
                Change::CreateTable(_) | Change::CreateExtension(_) | Change::DropExtension(_) => {}
            }
        }
        names
    }

    fn follow(&mut self, later: &Names, change: &TableChange) {
        let TableChange { before, after, edits: _ } = change;
        let (was, is) = (before.place(), after.place());
        self.tables.insert(was.into(), later.table(is));
        for column in &before.columns[..] {
            let mut deltas = change.columns();
            let is_it = |it: &&Delta<Column>| it.before().is_some_and(|it| it.name == column.name);
            let now = match deltas.find(is_it) {
                Some(Delta::Removed(_)) => None,
                Some(delta) => delta.after().and_then(|it| later.column(is, &it.name)),
                None => later.column(is, &column.name),
            };
            self.columns.insert((was.into(), column.name.clone()), now);
        }
    }
}

struct Asking<'a> {
    speech: Speech,
    names: &'a Names,
    replayed: &'a Replayed<'a>,
    /// What the way back does: a table that a model took over was not made, and does not go.
    down: &'a [Statement],
}

impl Asking<'_> {
    fn table(&self, place: Place<'_>) -> Option<Loss> {
        let now = self.names.table(place)?;
        let goes = |it: &Statement| {
            it.mentions(place.name) && it.text.to_ascii_uppercase().starts_with("DROP TABLE")
        };
        if !self.replayed.revision.by_hand && !self.down.iter().any(goes) {
            return None;
        }
        Some(Loss {
            revision: self.replayed.revision.dir_name.clone(),
            object: place.to_string(),
            table: place.to_string(),
            noun: "rows",
            how: None,
            count: format!("SELECT count(*) AS n FROM {}", self.speech.place(now.place())),
        })
    }

    fn altered(&self, change: &TableChange) -> Vec<Loss> {
        let name = &change.after.name;
        if !self.replayed.revision.by_hand && !self.down.iter().any(|it| it.mentions(name)) {
            return Vec::new();
        }
        let one = |delta: &Delta<Column>| match delta {
            Delta::Removed(_) => None,
            Delta::Added(column) if column.generated.is_some() => None,
            // The other one holds it all.
            Delta::Added(column) if column.extras.follows().is_some() => None,
            Delta::Added(column) => {
                let more = filler(column).filter(|it| is_literal(it.as_str()));
                let more = more.filter(|_| is_compared(&column.sql_type));
                // What a constant gave them comes again by itself.
                let name = self.names.column(change.after.place(), &column.name)?;
                let name = self.speech.ident(&name);
                let more = more.map(|it| format!("{name} <> {}", it.as_str()));
                self.values(change, column, None, more)
            }
            Delta::Changed { before, after } => self.changed(change, before, after),
        };
        change.columns().filter_map(one).collect()
    }

    fn changed(&self, change: &TableChange, before: &Column, after: &Column) -> Option<Loss> {
        if after.generated.is_some() {
            return None;
        }
        if before.generated.is_some() {
            return self.values(change, after, Some("they are computed anew"), None);
        }
        let begins = after.extras.follows().filter(|_| before.extras.follows().is_none());
        match begins.and_then(|of| change.after.column(of)) {
            // On the way back it takes the place again of the one that it follows.
            Some(of) => self.converted(change, of, &after.sql_type, self.kept(change, after, of)),
            None => self.converted(change, after, &before.sql_type, None),
        }
    }

    /// What a column holds that gets its place back, as SQL of the type of the one that has it now.
    fn kept(&self, change: &TableChange, column: &Column, of: &Column) -> Option<String> {
        let name = self.speech.ident(&self.names.column(change.after.place(), &column.name)?);
        Some(self.cast(name, &column.sql_type, &of.sql_type))
    }

    /// A value of one type as one of another, on PostgreSQL.
    fn cast(&self, value: String, from: &SqlType, to: &SqlType) -> String {
        let value = postgres::types::converted(&value, from, to).unwrap_or(value);
        format!("({value})::{}", self.speech.spelled(to))
    }

    /// What becomes of a column that gets another type and its own again, where that never fails.
    fn there_and_back(
        &self,
        change: &TableChange,
        column: &Column,
        to: &SqlType,
    ) -> Option<String> {
        let from = &column.sql_type;
        let never_fails = match (from, to) {
            (from, SqlType::Bool) => from.is_integer(),
            (from, to) => matches!((from, to), (SqlType::Timestamp { .. }, SqlType::Date)),
        };
        if self.speech.dialect != Dialect::Postgres || !never_fails {
            return None;
        }
        let name = self.speech.ident(&self.names.column(change.after.place(), &column.name)?);
        Some(self.cast(self.cast(name, from, to), to, from))
    }

    /// The values of a column that are lost when it gets another type, but for those that are
    /// `kept` elsewhere.
    fn converted(
        &self,
        change: &TableChange,
        after: &Column,
        to: &SqlType,
        kept: Option<String>,
    ) -> Option<Loss> {
        let from = &after.sql_type;
        let kept = kept.or_else(|| self.there_and_back(change, after, to));
        let differs = |name: &str| kept.map(|it| format!("{name}::TEXT <> {it}::TEXT"));
        let name = self.speech.ident(&self.names.column(change.after.place(), &after.name)?);
        if let (SqlType::Numeric { .. }, SqlType::Numeric { scale, precision: Some(_) }) =
            (from, to)
        {
            let stays = self.speech.dialect == Dialect::Sqlite;
            let rounded = || format!("{name} <> round({name}, {})", scale.unwrap_or(0));
            let which = differs(&name).unwrap_or_else(rounded);
            let how = Some("digits are lost");
            return (!stays).then(|| self.values(change, after, how, Some(which)))?;
        }
        let how = match conversion(self.speech.dialect, from, to) {
            Conversion::Same | Conversion::Widening | Conversion::LabelsGone(_) => return None,
            Conversion::Narrowing(how) => how,
            Conversion::Cross => "values of another kind",
        };
        let stays = match self.speech.dialect {
            Dialect::Sqlite => converted("x", from, to) == "x",
            // What does not fit stops the way back, and is told by it.
            Dialect::Postgres | Dialect::Mysql => is_stopped(self.speech, from, to),
        };
        (!stays).then(|| self.values(change, after, Some(how), differs(&name)))?
    }

    /// The values of a column, those that meet a condition where there is one.
    fn values(
        &self,
        change: &TableChange,
        column: &Column,
        how: Option<&'static str>,
        more: Option<String>,
    ) -> Option<Loss> {
        let place = change.after.place();
        let table = self.speech.place(self.names.table(place)?.place());
        let name = self.speech.ident(&self.names.column(place, &column.name)?);
        let more = more.map(|it| format!(" AND {it}"));
        Some(Loss {
            revision: self.replayed.revision.dir_name.clone(),
            object: format!("{place}.{}", column.name),
            table: place.to_string(),
            noun: "values",
            how,
            count: format!(
                "SELECT count(*) AS n FROM {table} WHERE {name} IS NOT NULL{}",
                more.unwrap_or_default()
            ),
        })
    }
}

/// Whether values of the type are compared with a literal everywhere.
fn is_compared(of: &SqlType) -> bool {
    match of {
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Numeric { .. }
        | SqlType::Bool
        | SqlType::Text { .. }
        | SqlType::Enum(_) => true,
        SqlType::Float
        | SqlType::Double
        | SqlType::Binary
        | SqlType::Date
        | SqlType::Time { .. }
        | SqlType::Timestamp { .. }
        | SqlType::TimestamptzSqlite
        | SqlType::Json
        | SqlType::Jsonb
        | SqlType::Custom(_)
        | SqlType::Pg(_)
        | SqlType::My(_) => false,
    }
}
