//! Whether branches lead to the same in whatever order they run.

use diesel_autogen_database::{Dump, Scratch, Server, seed};
use diesel_autogen_evolve::revision::{History, HistoryError, Revision, clashes};
use diesel_autogen_schema::change::follow;
use diesel_autogen_schema::{Column, Live, Place, Schema, Table, diff};

use super::learn::Steps;
use crate::terminal::differences;
use crate::{Error, Exit};

/// Revisions that were done in parallel, on top of what they have in common.
pub struct Parallel<'h> {
    /// What all of them follow, in order.
    pub common: Vec<&'h Revision>,
    /// Each branch in order, that of the first head first.
    pub sides: Vec<Vec<&'h Revision>>,
}

/// What branches that commute lead to.
pub struct Joined {
    /// What the models own.
    pub schema: Schema,
    /// What the database holds.
    pub live: Live,
    /// Rows that went through it in every order.
    pub rows: usize,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// Where one order led.
struct Outcome {
    scratch: Scratch,
    dump: Dump,
    rows: Vec<String>,
}

impl<'h> Parallel<'h> {
    /// What leads to these heads.
    pub fn new(history: &'h History, heads: &[&'h Revision]) -> Parallel<'h> {
        let sides = history.sides(heads);
        let is_own = |it: &Revision| sides.iter().flatten().any(|own| own.version == it.version);
        let common = history.ancestors(heads).into_iter().filter(|it| !is_own(it)).collect();
        Parallel { common, sides }
    }

    /// What two branches both concern, so that the later one must know of the earlier.
    pub fn clashes(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (at, left) in self.sides.iter().enumerate() {
            for right in &self.sides[at + 1..] {
                let own = |side: &[&'h Revision], other: &[&'h Revision]| -> Vec<&'h Revision> {
                    side.iter().filter(|it| !other.contains(it)).copied().collect()
                };
                found.extend(clashes(&own(left, right), &own(right, left)));
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// Every order that is looked at: as Diesel runs them all, and each branch before the others.
    fn orders(&self) -> Vec<Vec<&'h Revision>> {
        let mut all: Vec<&Revision> = self.sides.iter().flatten().copied().collect();
        all.sort_by(|a, b| a.version.cmp(&b.version));
        all.dedup_by(|a, b| a.version == b.version);
        let first = |side: &Vec<&'h Revision>| {
            let rest = all.iter().filter(|it| !side.contains(it)).copied();
            side.iter().copied().chain(rest).collect()
        };
        let mut orders: Vec<Vec<&Revision>> = self.sides.iter().map(first).collect();
        orders.retain(|order| *order != all);
        orders.insert(0, all);
        orders
    }

    /// Runs the branches in every order, with rows, and back.
    ///
    /// # Errors
    /// Why they cannot be one: what differs, or what does not run.
    pub fn join(&self, server: &Server) -> Result<Joined, Error> {
        let orders = self.orders();
        let mut steps = Steps::new(server)?;
        for revision in &self.common {
            steps.step(revision)?;
        }
        let schema = self.recorded(&steps.owned, &orders)?;
        let bare = steps.scratch.dump()?;
        let mut common = steps.scratch.fork()?;
        let live = common.live()?;
        let places: Vec<Place<'_>> = live.schema.tables.iter().map(|it| it.place()).collect();
        let seeded = seed(&mut common, &places, &steps.owned)?;
        let mut notes = self.by_hand();
        let mut rows = seeded.rows.values().sum();
        let (first, mut is_sure) = match run(&mut common, &orders[0]) {
            Ok(outcome) => (outcome, true),
            Err(_) => (run(&mut steps.scratch, &orders[0])?, false),
        };
        if !is_sure {
            rows = 0;
            notes.push("the branches do not run on the rows that were tried".to_owned());
        } else if run(&mut common, &orders[0])?.rows != first.rows {
            is_sure = false;
            notes.push("rows get other values each time, so they were not compared".to_owned());
        }
        for order in &orders[1..] {
            let from = if rows > 0 { &mut common } else { &mut steps.scratch };
            let other = run(from, order)?;
            let lines = differing(&first, &other, is_sure);
            if !lines.is_empty() {
                return Err(different(order, &lines));
            }
        }
        // Without rows, since going back may be impossible with some, which is no news.
        let mut last = run(&mut steps.scratch, &orders[0])?.scratch;
        let live = last.live()?;
        holds(&schema, &live)?;
        self.run_back(&mut last, &orders[0], &bare)?;
        Ok(Joined { schema, live, rows, notes })
    }

    fn by_hand(&self) -> Vec<String> {
        let by_hand = self.sides.iter().flatten().filter(|it| it.by_hand);
        by_hand
            .map(|it| {
                format!(
                    "`{}` was written by hand: whether what it does to rows depends on the other \
                     branch is for you to know",
                    it.dir_name
                )
            })
            .collect()
    }

    /// What the records lead to, in every order.
    fn recorded(&self, common: &Schema, orders: &[Vec<&Revision>]) -> Result<Schema, Error> {
        let mut first: Option<Schema> = None;
        for order in orders {
            let mut schema = common.clone();
            for revision in order {
                let records = revision.records.as_deref().unwrap_or_default();
                follow(&mut schema, records).map_err(|error| HistoryError::Replay {
                    dir_name: revision.dir_name.clone(),
                    error,
                })?;
            }
            match &first {
                None => first = Some(schema),
                Some(first) => {
                    let changes = diff(first, &schema).unwrap_or_default();
                    if !changes.is_empty() {
                        return Err(different(order, &differences(&changes)));
                    }
                }
            }
        }
        Ok(first.unwrap_or(Schema::EMPTY))
    }

    /// Reverts everything from the newest on, as `downgrade` does.
    fn run_back(
        &self,
        scratch: &mut Scratch,
        order: &[&Revision],
        bare: &Dump,
    ) -> Result<(), Error> {
        for revision in order.iter().rev() {
            let Some(down) = &revision.down_sql else { return Ok(()) };
            scratch.execute(down, revision.transaction).map_err(|error| {
                Error::new(
                    Exit::Conflict,
                    format!("`{}/down.sql` does not run: {error}", revision.dir_name),
                )
            })?;
        }
        let back = scratch.dump()?;
        // What a person wrote need not lead back.
        if back != *bare && order.iter().all(|it| !it.by_hand) {
            return Err(Error::new(
                Exit::Conflict,
                "reverting both branches does not lead back to what they began with",
            ));
        }
        Ok(())
    }
}

/// That the database holds what the records say.
fn holds(schema: &Schema, live: &Live) -> Result<(), Error> {
    let is_there = |it: &&Table| {
        live.schema.tables.iter().any(|live| {
            let has = |column: &Column| live.column(&column.name).is_some();
            live.place() == it.place() && it.columns.iter().all(has)
        })
    };
    match schema.tables.iter().find(|it| !is_there(it)) {
        None => Ok(()),
        Some(table) => Err(Error::new(
            Exit::Conflict,
            format!(
                "after both branches `{}` is not what they recorded: one of them makes the table \
                 anew without what the other added",
                table.place()
            ),
        )),
    }
}

/// That one revision leads where a line of them leads, with rows.
///
/// # Errors
/// What differs, or what does not run.
pub fn equal(steps: &mut Steps, chain: &[&Revision], one: &Revision) -> Result<(), Error> {
    let mut with_rows = steps.scratch.fork()?;
    let live = with_rows.live()?;
    let places: Vec<Place<'_>> = live.schema.tables.iter().map(|it| it.place()).collect();
    seed(&mut with_rows, &places, &steps.owned)?;
    // A chain that rows stop stops at them as one revision, too, or it does not: that is no
    // difference that anybody's database shows.
    let (mut from, led) = match run(&mut with_rows, chain) {
        Ok(led) => (with_rows, led),
        Err(_) => {
            let mut bare = steps.scratch.fork()?;
            let led = run(&mut bare, chain)?;
            (bare, led)
        }
    };
    let lines = differing(&led, &run(&mut from, &[one])?, true);
    match lines.is_empty() {
        true => Ok(()),
        false => Err(Error::new(Exit::Conflict, lines.join("; "))),
    }
}

fn run(from: &mut Scratch, order: &[&Revision]) -> Result<Outcome, Error> {
    let mut scratch = from.fork()?;
    for revision in order {
        scratch.execute(&revision.up_sql, revision.transaction).map_err(|error| {
            Error::new(
                Exit::Conflict,
                format!("`{}/up.sql` does not run: {error}", revision.dir_name),
            )
        })?;
    }
    let dump = scratch.dump()?;
    let rows = rows(&mut scratch)?;
    Ok(Outcome { scratch, dump, rows })
}

/// What is different between where two ways led; nothing when they led to the same.
fn differing(first: &Outcome, other: &Outcome, rows: bool) -> Vec<String> {
    if first.dump != other.dump {
        let (one, two) = (first.dump.to_string(), other.dump.to_string());
        let only = |a: &str, b: &str, mark: &str| -> Vec<String> {
            let lines = a.lines().filter(|line| !b.lines().any(|other| other == *line));
            lines.map(|line| format!("{mark} {line}")).collect()
        };
        return [only(&one, &two, "-"), only(&two, &one, "+")].concat();
    }
    match rows && first.rows != other.rows {
        true => vec!["rows have other values".to_owned()],
        false => Vec::new(),
    }
}

fn different(order: &[&Revision], lines: &[String]) -> Error {
    let first = order.first().map_or("", |it| it.dir_name.as_str());
    let lines: Vec<String> = lines.iter().map(|line| format!("\n    {line}")).collect();
    Error::new(
        Exit::Conflict,
        format!("with `{first}` first the branches lead to something else:{}", lines.concat()),
    )
}

/// All rows of all tables in an order of their own.
fn rows(scratch: &mut Scratch) -> Result<Vec<String>, Error> {
    let live = scratch.live()?;
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let mut found = Vec::new();
    for table in &live.schema.tables[..] {
        let mut columns: Vec<String> = table.columns.iter().map(|it| quoted(&it.name)).collect();
        columns.sort();
        let place = table.place();
        let schema = place.schema.map(|schema| format!("{}.", quoted(schema))).unwrap_or_default();
        let sql = format!("SELECT {} FROM {schema}{}", columns.join(", "), quoted(place.name));
        let of_table = scratch.rows(&sql)?;
        found.extend(of_table.iter().map(|row| format!("{place}: {row:?}")));
    }
    found.sort();
    Ok(found)
}
