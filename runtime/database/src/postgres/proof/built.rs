//! The changed tables as their facts alone make them, read back from the server.
//!
//! They may need functions and types that no model owns, so they are made in a copy of the
//! database, inside a transaction that is taken back. What stands in their places moves aside.

use diesel_autogen_schema::sql::Token;
use diesel_autogen_schema::{Change, Enum, Live, OwnPlace, PUBLIC, Schema, Table};

use super::super::Scratch;
use super::super::note::statements;
use super::reason;
use crate::Error;
use crate::ident::{placed, quoted, solid};
use crate::proof::{Claim, ProofFailure};

/// The tables before and after.
pub(super) fn both(
    scratch: &mut Scratch,
    live: &Live,
    proof: &Claim<'_>,
) -> Result<(Schema, Schema), ProofFailure> {
    let befores: Vec<Table> = proof.changes.iter().filter_map(Change::before).cloned().collect();
    let afters: Vec<Table> = proof.changes.iter().filter_map(Change::after).cloned().collect();
    let mut in_the_way: Vec<OwnPlace> =
        befores.iter().chain(&afters).map(|table| table.place().into()).collect();
    in_the_way.sort();
    in_the_way.dedup();
    in_the_way.retain(|place| live.schema.at(place.place()).is_some());
    let built = |scratch: &mut Scratch, tables: &[Table]| {
        if tables.is_empty() {
            return Ok(Schema::EMPTY);
        }
        scratch.statement("BEGIN").map_err(ProofFailure::Setup)?;
        let built = make(scratch, live, proof, tables, &in_the_way);
        scratch.statement("ROLLBACK").map_err(ProofFailure::Setup)?;
        let mut built = built?;
        built.tables.to_mut().retain(|it| tables.iter().any(|own| own.place() == it.place()));
        Ok(built)
    };
    let before = built(scratch, &befores)?;
    Ok((before, built(scratch, &afters)?))
}

fn make(
    scratch: &mut Scratch,
    live: &Live,
    proof: &Claim<'_>,
    tables: &[Table],
    in_the_way: &[OwnPlace],
) -> Result<Schema, ProofFailure> {
    let facts = |reason| ProofFailure::Facts { reason };
    make_room(scratch, live, tables, in_the_way).map_err(ProofFailure::Setup)?;
    for change in proof.changes {
        if let Change::CreateExtension(name) = change {
            let sql = format!("CREATE EXTENSION IF NOT EXISTS {} CASCADE", quoted(name));
            scratch.statement(&sql).map_err(|error| facts(reason(error)))?;
        }
    }
    let sql = (proof.create)(tables).map_err(facts)?;
    for statement in statements(&sql) {
        if !is_there(&sql[statement.clone()], live) {
            scratch.statement(&sql[statement]).map_err(|error| facts(error.to_string()))?;
        }
    }
    Ok(scratch.live_within().map_err(ProofFailure::Setup)?.schema)
}

/// Whether the statement makes a schema or an extension that is there.
fn is_there(statement: &str, live: &Live) -> bool {
    let tokens = solid(statement);
    let is = |token: &Token<'_>, word: &str| token.text.eq_ignore_ascii_case(word);
    let [create, what, rest @ ..] = &tokens[..] else { return false };
    let named = |names: &[diesel_autogen_schema::Text]| {
        let mut tokens = rest.iter().filter_map(Token::name);
        tokens.any(|token| names.contains(&token.into()))
    };
    is(create, "create")
        && (is(what, "schema") && named(&live.pg.schemas)
            || is(what, "extension") && named(&live.schema.extensions))
}

/// Moves tables and the enums of new ones to schemas where nobody looks.
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
    let mut types: Vec<&Enum> = tables
        .iter()
        .flat_map(|table| table.columns.iter())
        .filter_map(|column| column.sql_type.enumeration())
        .collect();
    types.sort_by_key(|of| of.place());
    types.dedup_by_key(|of| of.place());
    for of in types {
        if live.pg.enums.iter().any(|it| it.place() == of.place()) {
            let room = room(scratch, &of.place().into())?;
            scratch.statement(&format!("ALTER TYPE {} SET SCHEMA {room}", placed(of.place())))?;
        }
    }
    Ok(())
}
