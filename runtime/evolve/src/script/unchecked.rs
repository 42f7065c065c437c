use diesel_autogen_schema::Dialect;

use super::{Action, Clause, read};

/// Names of the constraints that a script adds for new rows alone, on PostgreSQL.
pub fn unchecked(sql: &str) -> Vec<String> {
    let mut found = Vec::new();
    for statement in read(sql, Dialect::Postgres) {
        let Action::AlterTable { table: _, clauses } = statement.action else { continue };
        for clause in clauses {
            if let Clause::AddConstraint(rule) = clause
                && rule.not_valid
            {
                found.extend(rule.name);
            }
        }
    }
    found
}
