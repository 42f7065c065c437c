//! What `pg_dump` says of a database: another reader of the catalogue than ours, so that what we
//! overlook is not overlooked twice.

use std::collections::BTreeSet;

use diesel_autogen_schema::{Change, Dialect, OwnPlace, PUBLIC, Place, Table};

use super::Scratch;
use super::built;
use super::state::State;
use crate::Error;
use crate::postgres::dump::told_by_tool;
use crate::proof::items::blurred;
use crate::proof::{Claim, Moment, ProofFailure, Wrong};

/// Statements, those that make tables line by line.
pub(super) type Lines = BTreeSet<String>;

/// The dump of a whole database; `None` where no `pg_dump` can be asked.
pub(super) fn whole(scratch: &mut Scratch) -> Result<Option<Lines>, Error> {
    let statements = told_by_tool(scratch.connection()?, &[]);
    Ok(statements.map(|it| lines(&it)))
}

/// The dump of tables.
fn of_tables(scratch: &mut Scratch, tables: &[Place<'_>]) -> Result<Option<Lines>, Error> {
    let statements = told_by_tool(scratch.connection()?, tables);
    Ok(statements.map(|it| lines(&it).iter().map(|it| managed(it)).collect()))
}

fn lines(statements: &[String]) -> Lines {
    let mut found = Lines::new();
    for statement in statements {
        let table = statement.replacen("CREATE UNLOGGED TABLE ", "CREATE TABLE ", 1);
        let Some((head, rest)) =
            table.split_once('\n').filter(|_| table.starts_with("CREATE TABLE "))
        else {
            found.insert(statement.clone());
            continue;
        };
        found.insert(head.to_owned());
        if table != *statement {
            found.insert(format!("{head} -- unlogged"));
        }
        let (inner, tail) = rest.rsplit_once("\n)").unwrap_or(("", ""));
        let inner = inner.split(",\n    ").map(str::trim).filter(|line| !line.is_empty());
        found.extend(inner.map(|line| format!("{head}{line}")));
        if !tail.is_empty() {
            found.insert(format!("{head}){tail}"));
        }
    }
    found
}

/// The line without what the facts say nothing about: what a primary key and the sequence of an
/// identity are called, and whether the rows from before were looked at.
fn managed(line: &str) -> String {
    let line = line.strip_suffix(" NOT VALID").unwrap_or(line);
    // A condition stands in its table, or beside it when rows may break it.
    let line =
        match line.strip_prefix("CREATE TABLE ").and_then(|it| it.split_once(" (CONSTRAINT ")) {
            Some((table, rule)) => format!("ALTER TABLE {table}\n    ADD CONSTRAINT {rule}"),
            None => line.replacen("ALTER TABLE ONLY ", "ALTER TABLE ", 1),
        };
    let plain = |line: &&str| !line.trim_start().starts_with("SEQUENCE NAME ");
    let line = line.lines().filter(plain).collect::<Vec<_>>().join("\n");
    let key = line.split_once("ADD CONSTRAINT ").and_then(|(head, rule)| {
        let (_, key) = rule.split_once(" PRIMARY KEY ")?;
        Some(format!("{head}ADD PRIMARY KEY {key}"))
    });
    key.unwrap_or(line)
}

/// What the new tables should be, as the dump of their facts alone has it.
pub(super) struct Expected {
    tables: Vec<OwnPlace>,
    lines: Lines,
}

impl Expected {
    /// Makes the tables in a copy of the database and asks for their dump.
    pub(super) fn of(
        scratch: &mut Scratch,
        before: &State,
        proof: &Claim<'_>,
    ) -> Result<Option<Expected>, ProofFailure> {
        let afters: Vec<Table> = proof.changes.iter().filter_map(Change::after).cloned().collect();
        if before.dump.is_none() || afters.is_empty() {
            return Ok(None);
        }
        let mut copy = scratch.fork().map_err(ProofFailure::Setup)?;
        built::for_good(&mut copy, &before.live, proof, &afters)?;
        let tables: Vec<OwnPlace> = afters.iter().map(|table| table.place().into()).collect();
        let places: Vec<Place<'_>> = tables.iter().map(OwnPlace::place).collect();
        let lines = of_tables(&mut copy, &places).map_err(ProofFailure::Setup)?;
        Ok(lines.map(|lines| Expected { tables, lines }))
    }

    /// Whether the tables are that, and beside it what was there before. `names` are those that
    /// change, in lower case.
    pub(super) fn stands(
        &self,
        moment: Moment,
        scratch: &mut Scratch,
        before: &Lines,
        names: &[String],
    ) -> Result<(), ProofFailure> {
        let places: Vec<Place<'_>> = self.tables.iter().map(OwnPlace::place).collect();
        let found = of_tables(scratch, &places).map_err(ProofFailure::Setup)?;
        let Some(found) = found else { return Ok(()) };
        if let Some(lost) = self.lines.difference(&found).next() {
            return wrong(Some(lost), found.difference(&self.lines).next()).at(moment);
        }
        let blur = |line: &String| blurred(line, names, Dialect::Postgres);
        let known: BTreeSet<String> = before.iter().map(|it| blur(&managed(it))).collect();
        match found.difference(&self.lines).find(|line| !known.contains(&blur(line))) {
            Some(stray) => wrong(None, Some(stray)).at(moment),
            None => Ok(()),
        }
    }
}

/// Whether two dumps of a database are one, types left out at places whose labels may stay.
pub(super) fn same(
    moment: Moment,
    was: Option<&Lines>,
    is: Option<&Lines>,
    left: &[OwnPlace],
) -> Result<(), ProofFailure> {
    let (Some(was), Some(is)) = (was, is) else { return Ok(()) };
    let heads: Vec<String> = left
        .iter()
        .map(|of| {
            let schema = Some(of.schema.as_deref().unwrap_or(PUBLIC));
            let place = Place { schema, name: &of.name };
            format!("CREATE TYPE {} AS ENUM", crate::postgres::dump::shown(place))
        })
        .collect();
    let counts = |line: &&String| !heads.iter().any(|head| line.starts_with(head.as_str()));
    let lost = was.difference(is).find(counts);
    let stray = is.difference(was).find(counts);
    match (lost, stray) {
        (None, None) => Ok(()),
        (lost, stray) => wrong(lost, stray).at(moment),
    }
}

fn wrong(expected: Option<&String>, found: Option<&String>) -> Wrong {
    Wrong {
        object: "what pg_dump says".to_owned(),
        expected: expected.cloned(),
        found: found.cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_told_line_by_line() {
        let table = "CREATE UNLOGGED TABLE public.t (\n    CONSTRAINT c CHECK ((a > 0)),\n    \
                     a integer\n)\nWITH (fillfactor='70')";
        let found: Vec<String> =
            lines(&[table.to_owned(), "CREATE INDEX i ON t (a)".to_owned()]).into_iter().collect();
        let head = "CREATE TABLE public.t (";
        assert_eq!(
            found,
            [
                "CREATE INDEX i ON t (a)".to_owned(),
                head.to_owned(),
                format!("{head} -- unlogged"),
                format!("{head})\nWITH (fillfactor='70')"),
                format!("{head}CONSTRAINT c CHECK ((a > 0))"),
                format!("{head}a integer"),
            ]
        );
    }

    #[test]
    fn what_the_facts_do_not_say_does_not_count() {
        for (one, other) in [
            (
                "CREATE TABLE public.t (CONSTRAINT c CHECK ((a > 0))",
                "ALTER TABLE public.t\n    ADD CONSTRAINT c CHECK ((a > 0)) NOT VALID",
            ),
            (
                "ALTER TABLE ONLY public.t\n    ADD CONSTRAINT t_pkey PRIMARY KEY (id)",
                "ALTER TABLE ONLY public.t\n    ADD CONSTRAINT other PRIMARY KEY (id)",
            ),
            (
                "ALTER TABLE public.t ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY (\n    \
                 SEQUENCE NAME public.t_a_seq\n    START WITH 1\n)",
                "ALTER TABLE public.t ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY (\n    \
                 SEQUENCE NAME public.own\n    START WITH 1\n)",
            ),
        ] {
            assert_eq!(managed(one), managed(other));
        }
        assert_ne!(managed("ADD CONSTRAINT a UNIQUE (x)"), managed("ADD CONSTRAINT b UNIQUE (x)"));
    }
}
