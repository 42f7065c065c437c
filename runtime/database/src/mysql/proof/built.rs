//! Tables as their facts alone make them, read back from the server.

use std::collections::BTreeMap;

use diesel_autogen_schema::{Live, Schema, Table};

use super::super::Scratch;
use super::super::dump::shapes;
use crate::proof::{Create, ProofFailure};

/// Tables as the server has them.
pub(super) struct Built {
    pub(super) schema: Schema,
    /// What the server shows of each, by name.
    pub(super) shapes: BTreeMap<String, String>,
}

impl Built {
    pub(super) fn of(
        beside: &mut Scratch,
        tables: &[Table],
        create: Create<'_>,
    ) -> Result<Built, ProofFailure> {
        if tables.is_empty() {
            return Ok(Built { schema: Schema::EMPTY, shapes: BTreeMap::new() });
        }
        let mut scratch = make(beside, tables, create)?;
        let live = scratch.live().map_err(ProofFailure::Setup)?;
        let shapes = scratch.connection().and_then(|conn| shapes(conn, &live));
        let shapes = shapes.map_err(ProofFailure::Setup)?.into_iter();
        let shapes = shapes.map(|(_, name, text)| (name, text)).collect();
        Ok(Built { schema: live.schema, shapes })
    }
}

/// What a database beside this one holds that has these tables and nothing else: expressions of
/// tables can name nothing that is outside of them.
///
/// # Errors
/// When they cannot be made.
pub(crate) fn build(
    beside: &mut Scratch,
    tables: &[Table],
    create: Create<'_>,
) -> Result<Live, ProofFailure> {
    make(beside, tables, create)?.live().map_err(ProofFailure::Setup)
}

fn make(
    beside: &mut Scratch,
    tables: &[Table],
    create: Create<'_>,
) -> Result<Scratch, ProofFailure> {
    let facts = |reason| ProofFailure::Facts { reason };
    let sql = create(tables).map_err(facts)?;
    let mut scratch = beside.sibling().map_err(ProofFailure::Setup)?;
    // They may refer to tables that are not among them.
    scratch.execute("SET foreign_key_checks = 0", false).map_err(ProofFailure::Setup)?;
    scratch.execute(&sql, false).map_err(|error| facts(error.to_string()))?;
    Ok(scratch)
}
