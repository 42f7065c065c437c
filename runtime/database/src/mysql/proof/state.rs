//! A database at one moment.

use std::collections::{BTreeMap, BTreeSet};

use diesel_autogen_schema::{Live, MyType, ObjectKind, OwnPlace, Place, SqlType, Width};

use super::super::Scratch;
use super::super::dump::shapes;
use super::rows;
use crate::ident::{placed, quoted};
use crate::proof::{Mapping, Moment, ProofFailure, Snapshot, keeps_key};
use crate::seed::lost;
use crate::{Error, Value};

/// A database at one moment.
pub(super) struct State {
    pub(super) live: Live,
    /// What the server shows of everything, by kind and name.
    pub(super) shapes: BTreeMap<(String, String), String>,
    pub(super) rows: Snapshot,
    /// The next key that each table makes up.
    counters: BTreeMap<String, i64>,
    /// Rows that refer to nothing, by table and foreign key.
    violations: BTreeMap<(String, String), usize>,
    /// Views that show nothing but an error.
    broken: BTreeSet<String>,
    /// What a script may leave behind in its session.
    session: BTreeSet<String>,
}

impl State {
    pub(super) fn take(scratch: &mut Scratch) -> Result<State, Error> {
        let session = session(scratch)?;
        let live = scratch.live()?;
        let shapes = shapes(scratch.connection()?, &live)?;
        let rows = rows::read(scratch, &live)?;
        let broken = broken(scratch, &live);
        Ok(State {
            shapes: shapes.into_iter().map(|(kind, name, text)| ((kind, name), text)).collect(),
            counters: counters(scratch, &live)?,
            violations: violations(scratch, &live, &rows)?,
            live,
            rows,
            broken,
            session,
        })
    }

    /// Keys that were made up are not made up again.
    pub(super) fn counters_stand(
        &self,
        moment: Moment,
        mapping: &Mapping<'_>,
        to: &State,
    ) -> Result<(), ProofFailure> {
        for (table, was) in &self.counters {
            let place = Place::plain(table);
            let Some(after) = mapping.table(place) else { continue };
            let Some(is) = to.counters.get(after.name) else { continue };
            if is < was && mapping.change(place).is_none_or(keeps_key) {
                let found = format!("table `{after}` makes up key {is} next, and {was} before");
                return Err(ProofFailure::Disorder { moment, found });
            }
        }
        Ok(())
    }

    /// No reference is broken that was not before, no view is, and nothing stays in the session.
    pub(super) fn is_sound(&self, moment: Moment, before: &State) -> Result<(), ProofFailure> {
        let disorder = |found: String| Err(ProofFailure::Disorder { moment, found });
        let total = |state: &State| state.violations.values().sum::<usize>();
        if total(self) > total(before) {
            let worst = self.violations.iter().max_by_key(|(_, count)| **count);
            let ((table, key), count) = worst.map_or((("", ""), 0), |((table, key), count)| {
                ((table.as_str(), key.as_str()), *count)
            });
            return disorder(format!(
                "{count} rows of table `{table}` refer by `{key}` to rows that are not there"
            ));
        }
        if let Some(view) = self.broken.difference(&before.broken).next() {
            return disorder(format!("view `{view}` does not work any more"));
        }
        match self.session.difference(&before.session).next() {
            Some(left) => disorder(format!("{left} is left in the session")),
            None => Ok(()),
        }
    }
}

/// Settings of the session that change what later statements do.
fn session(scratch: &mut Scratch) -> Result<BTreeSet<String>, Error> {
    let settings = [
        "autocommit",
        "foreign_key_checks",
        "sql_mode",
        "time_zone",
        "unique_checks",
        "character_set_client",
        "collation_connection",
    ];
    let values: Vec<String> = settings
        .iter()
        .map(|name| format!("CONCAT('the setting {name} = ', @@SESSION.{name})"))
        .collect();
    let found = scratch.told(&format!("SELECT {}", values.join(", ")))?;
    Ok(found.iter().flatten().filter_map(Value::as_text).map(str::to_owned).collect())
}

/// The next keys, but for those that their columns cannot have: where a type became narrower the
/// server does not count on from there.
fn counters(scratch: &mut Scratch, live: &Live) -> Result<BTreeMap<String, i64>, Error> {
    let found = scratch.rows(
        "SELECT table_name, CAST(auto_increment AS SIGNED) FROM information_schema.tables \
         WHERE table_schema = DATABASE() AND auto_increment IS NOT NULL",
    )?;
    let counter = |row: &Vec<Value>| {
        let (table, next) = (row[0].as_text()?, row[1].as_integer()?);
        let own = live.schema.table(table);
        let counting = own.and_then(|it| it.columns.iter().find(|it| it.identity.is_some()));
        let most = counting.and_then(|it| greatest(&it.sql_type));
        most.is_none_or(|most| next <= most).then(|| (table.to_owned(), next))
    };
    Ok(found.iter().filter_map(counter).collect())
}

/// The greatest number of a type, where that is less than of the widest.
fn greatest(of: &SqlType) -> Option<i64> {
    Some(match of {
        SqlType::My(MyType::TinyInt) => i64::from(i8::MAX),
        SqlType::My(MyType::Unsigned(Width::Tiny)) => i64::from(u8::MAX),
        SqlType::SmallInt => i64::from(i16::MAX),
        SqlType::My(MyType::Unsigned(Width::Small)) => i64::from(u16::MAX),
        SqlType::Integer => i64::from(i32::MAX),
        SqlType::My(MyType::Unsigned(Width::Normal)) => i64::from(u32::MAX),
        _ => return None,
    })
}

fn violations(
    scratch: &mut Scratch,
    live: &Live,
    rows: &Snapshot,
) -> Result<BTreeMap<(String, String), usize>, Error> {
    let filled: BTreeSet<&OwnPlace> = rows.tables().collect();
    let mut found = BTreeMap::new();
    for table in live.schema.tables.iter() {
        if !filled.contains(&OwnPlace::from(table.place())) {
            continue;
        }
        for key in table.foreign_keys.iter().filter(|key| key.schema.is_none()) {
            let sql = format!(
                "SELECT count(*) FROM {} WHERE {}",
                placed(table.place()),
                lost(table, key)
            );
            // A table that is not there has no rows.
            let count = scratch.rows(&sql).unwrap_or_default();
            let count = count.first().and_then(|row| row.first()?.as_count()).unwrap_or(0);
            found.insert((table.name.to_string(), key.name.to_string()), count);
        }
    }
    Ok(found)
}

fn broken(scratch: &mut Scratch, live: &Live) -> BTreeSet<String> {
    let views = live.objects.iter().filter(|it| it.kind == ObjectKind::View);
    let names: Vec<String> = views.map(|it| it.name.to_string()).collect();
    let mut fails =
        |name: &String| scratch.rows(&format!("SELECT 1 FROM {} LIMIT 0", quoted(name))).is_err();
    names.into_iter().filter(|name| fails(name)).collect()
}
