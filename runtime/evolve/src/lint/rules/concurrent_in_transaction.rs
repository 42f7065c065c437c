use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "concurrent-in-transaction",
    level: Level::Deny,
    engines: &[Dialect::Postgres],
    summary: "CONCURRENTLY inside of a transaction",
    lock: "",
    damage: "PostgreSQL refuses it: what works concurrently commits in between. The migration \
           fails.",
    safe: "Put it into a migration of its own, whose metadata.toml says `run_in_transaction = \
           false`.",
    bad: &[
        Example::postgres("CREATE INDEX CONCURRENTLY users_email_idx ON users (email);"),
        Example::postgres("BEGIN; DROP INDEX CONCURRENTLY users_email_idx; COMMIT;").outside(),
    ],
    good: &[
        Example::postgres("CREATE INDEX CONCURRENTLY users_email_idx ON users (email);").outside()
    ],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let mut concurrently = match_concurrently(scene.action()).unwrap_or(false);
    concurrently |= scene.clauses().any(|(_, clause)| {
        matches!(clause, Clause::DetachPartition { name: _, concurrently: true })
    });
    if !concurrently || !scene.transaction {
        return Vec::new();
    }
    let text = "PostgreSQL runs nothing concurrently inside of a transaction: this fails";
    vec![
        Found::new("", text).safe("run_in_transaction = false in metadata.toml, and one statement"),
    ]
}

fn match_concurrently(action: &Action) -> Option<bool> {
    if let Action::CreateIndex { concurrently, .. }
    | Action::DropIndex { concurrently, .. }
    | Action::Reindex { concurrently, .. } = action
    {
        Some(*concurrently)
    } else {
        None
    }
}
