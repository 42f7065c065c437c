//! Tables as their facts alone make them, read back from the server.
//!
//! They may need functions and types that no model owns, so they are made in a copy of the
//! database, inside a transaction that is taken back. What stands in their places moves aside.

use std::collections::BTreeSet;

use diesel_autogen_schema::sql::Token;
use diesel_autogen_schema::{Change, Dialect, Enum, Live, OwnPlace, PUBLIC, Schema, Table};

use super::super::Scratch;
use super::super::note::statements;
use crate::Error;
use crate::ident::{placed, quoted, solid};
use crate::proof::{Claim, Create, ProofFailure};

/// The tables before and after.
pub(super) fn both(
    scratch: &mut Scratch,
    live: &Live,
    proof: &Claim<'_>,
) -> Result<(Schema, Schema), ProofFailure> {
    let befores: Vec<Table> = proof.changes.iter().filter_map(Change::before).cloned().collect();
    let afters: Vec<Table> = proof.changes.iter().filter_map(Change::after).cloned().collect();
    let in_the_way = there(live, befores.iter().chain(&afters));
    let built = |scratch: &mut Scratch, tables: &[Table]| {
        if tables.is_empty() {
            return Ok(Schema::EMPTY);
        }
        scratch.statement("BEGIN").map_err(ProofFailure::Setup)?;
        let built = make(scratch, live, proof.changes, proof.create, tables, &in_the_way);
        scratch.statement("ROLLBACK").map_err(ProofFailure::Setup)?;
        Ok(built?.schema)
    };
    let before = built(scratch, &befores)?;
    Ok((before, built(scratch, &afters)?))
}

/// What the database would hold of these tables if they were made now, in place of those that the
/// models own: names of indexes and sequences may be the same. `live` is what it holds.
///
/// # Errors
/// When they cannot be made, or the database cannot be read.
pub(crate) fn build(
    scratch: &mut Scratch,
    live: &Live,
    owned: &Schema,
    tables: &[Table],
    create: Create<'_>,
) -> Result<Live, ProofFailure> {
    let in_the_way = there(live, owned.tables.iter().chain(tables));
    scratch.statement("BEGIN").map_err(ProofFailure::Setup)?;
    let built = make(scratch, live, &[], create, tables, &in_the_way);
    scratch.statement("ROLLBACK").map_err(ProofFailure::Setup)?;
    built
}

/// Makes tables in place of those that change, and leaves them there.
pub(super) fn for_good(
    scratch: &mut Scratch,
    live: &Live,
    proof: &Claim<'_>,
    tables: &[Table],
) -> Result<(), ProofFailure> {
    let befores: Vec<&Table> = proof.changes.iter().filter_map(Change::before).collect();
    let in_the_way = there(live, befores.into_iter().chain(tables));
    make(scratch, live, proof.changes, proof.create, tables, &in_the_way).map(drop)
}

/// The places of the tables where something is.
fn there<'a>(live: &Live, tables: impl Iterator<Item = &'a Table>) -> Vec<OwnPlace> {
    let places = tables.map(Table::place).filter(|place| live.schema.at(*place).is_some());
    let places: BTreeSet<OwnPlace> = places.map(OwnPlace::from).collect();
    places.into_iter().collect()
}

fn make(
    scratch: &mut Scratch,
    live: &Live,
    changes: &[Change],
    create: Create<'_>,
    tables: &[Table],
    in_the_way: &[OwnPlace],
) -> Result<Live, ProofFailure> {
    let facts = |reason| ProofFailure::Facts { reason };
    make_room(scratch, live, tables, in_the_way).map_err(ProofFailure::Setup)?;
    for change in changes {
        if let Change::CreateExtension(name) = change {
            let sql = format!("CREATE EXTENSION IF NOT EXISTS {} CASCADE", quoted(name));
            scratch.statement(&sql).map_err(|error| facts(error.into_reason()))?;
        }
    }
    let sql = create(tables).map_err(facts)?;
    for statement in statements(&sql) {
        if !is_there(&sql[statement.clone()], live, tables) {
            scratch.statement(&sql[statement]).map_err(|error| facts(error.to_string()))?;
        }
    }
    let mut built = scratch.live_within().map_err(ProofFailure::Setup)?;
    built.schema.tables.to_mut().retain(|it| tables.iter().any(|own| own.place() == it.place()));
    Ok(built)
}

/// Whether the statement makes a schema, an extension or a type that is there.
fn is_there(statement: &str, live: &Live, tables: &[Table]) -> bool {
    let tokens = solid(statement, Dialect::Postgres);
    let is = |token: &Token<'_>, word: &str| token.text.eq_ignore_ascii_case(word);
    let [create, what, rest @ ..] = &tokens[..] else { return false };
    let named = |names: &[diesel_autogen_schema::Text]| {
        let mut tokens = rest.iter().filter_map(Token::name);
        tokens.any(|token| names.contains(&token.into()))
    };
    let makes = |of: &Enum| {
        let name = solid(&placed(of.place()), Dialect::Postgres)
            .iter()
            .map(Token::name)
            .collect::<Vec<_>>();
        rest.len() > name.len() && rest.iter().map(Token::name).zip(name).all(|(it, own)| it == own)
    };
    is(create, "create")
        && (is(what, "schema") && named(&live.pg.schemas)
            || is(what, "extension") && named(&live.schema.extensions)
            || is(what, "type") && types(tables).iter().any(|of| stays(of, live) && makes(of)))
}

/// The types of the tables, each once.
fn types(tables: &[Table]) -> Vec<&Enum> {
    let columns = tables.iter().flat_map(|table| table.columns.iter());
    let mut types: Vec<&Enum> =
        columns.filter_map(|column| column.sql_type.enumeration()).collect();
    types.sort_by_key(|of| of.place());
    types.dedup_by_key(|of| of.place());
    types
}

/// Whether the type is there with these labels: functions and domains may be made of it.
fn stays(of: &Enum, live: &Live) -> bool {
    let labels = |of: &Enum| of.labels.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    live.pg.enums.iter().any(|it| it.place() == of.place() && labels(it) == labels(of))
}

/// Moves tables, and the types of new ones that are others there, to schemas where nobody looks.
fn make_room(
    scratch: &mut Scratch,
    live: &Live,
    tables: &[Table],
    in_the_way: &[OwnPlace],
) -> Result<(), Error> {
    let mut aside: Vec<String> = Vec::new();
    let mut room = |scratch: &mut Scratch, place: &OwnPlace| -> Result<String, Error> {
        let schema = place.schema.as_deref().unwrap_or(PUBLIC).to_owned();
        let at = match aside.iter().position(|it| *it == schema) {
            Some(at) => at,
            None => {
                scratch.statement(&format!("CREATE SCHEMA autogen_aside_{}", aside.len()))?;
                aside.push(schema);
                aside.len() - 1
            }
        };
        Ok(format!("autogen_aside_{at}"))
    };
    for place in in_the_way {
        let room = room(scratch, place)?;
        scratch.statement(&format!("ALTER TABLE {} SET SCHEMA {room}", placed(place.place())))?;
    }
    let types = types(tables);
    for of in &live.pg.enums {
        // A table is a type of its own name.
        let table = tables.iter().any(|table| table.place() == of.place());
        let other = types.iter().any(|it| it.place() == of.place() && !stays(it, live));
        if table || other {
            let room = room(scratch, &of.place().into())?;
            scratch.statement(&format!("ALTER TYPE {} SET SCHEMA {room}", placed(of.place())))?;
        }
    }
    Ok(())
}
