use super::*;

pub(crate) const RULE: Rule = Rule {
    code: "vacuum-full",
    level: Level::Warn,
    engines: &[Dialect::Postgres],
    summary: "VACUUM FULL and CLUSTER write tables anew",
    lock: "ACCESS EXCLUSIVE on the table until every row and every index is written anew",
    damage: "The table stands still, and takes twice its place on disk meanwhile.",
    safe: "A plain VACUUM; or a tool that does it while others work, such as pg_repack.",
    bad: &[
        Example::postgres("VACUUM FULL users;").outside(),
        Example::postgres("CLUSTER users USING users_pkey;").outside(),
    ],
    good: &[Example::postgres("VACUUM users;").outside()],
    look: Look::Statement(look),
};

fn look(scene: &Scene<'_>) -> Vec<Found> {
    let rewrites = matches!(scene.action(), Action::Vacuum { full: true, .. } | Action::Cluster(_));
    let table = scene.costs.first().map(|cost| cost.table.as_str()).unwrap_or_default();
    let text = "nobody can use the table while it is written anew";
    rewrites.then(|| Found::new(table, text)).into_iter().collect()
}
