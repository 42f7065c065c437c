//! Queries that are asked again and again on one connection: most of what they cost is the server's
//! planning, so that is done once.

use diesel::RunQueryDsl;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::Untyped;

/// A query as text, prepared once on a connection that keeps what it has prepared.
pub(crate) struct Standing<'a>(pub(crate) &'a str);

impl QueryFragment<Pg> for Standing<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

/// Diesel tells it from others by its text.
impl QueryId for Standing<'_> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Standing<'_> {
    type SqlType = Untyped;
}

impl<C> RunQueryDsl<C> for Standing<'_> {}
