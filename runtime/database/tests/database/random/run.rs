//! The laws on a database.

use std::borrow::Cow;

use diesel_autogen_database::{Proof, Scratch, Script, Server, WayBack, prove};
use diesel_autogen_evolve::ownership::unmanaged;
use diesel_autogen_evolve::{Dialect, HazardCode, Plan, Target, plan};
use diesel_autogen_schema::sql::{self, Kind};
use diesel_autogen_schema::testing::random::quoted;
use diesel_autogen_schema::{Change, Expr, Live, Schema, Table, diff};

use super::{Case, End, by_hand, coverage, facts, reasons, rows, shuffle};

type Result<T = ()> = std::result::Result<T, String>;

/// Runs one case under every law.
pub(crate) fn laws(case: &Case) -> Result<End> {
    let Case { pair, by_hand, newest } = case;
    let Some(changes) = facts::laws(pair)? else { return Ok(End::Contradiction) };
    let minimum = if *newest { (3, 53, 0) } else { Target::new(Dialect::Sqlite).minimum };
    let target = Target { minimum, ..Target::new(Dialect::Sqlite) };
    let (mut history, live) = history(&pair.before, by_hand, &target)?;
    let asked = reasons::asks(&changes, &reasons::everything(&pair.before))?;
    let plan = match plan(&changes, &target, &live) {
        Ok(plan) => plan,
        Err(refusals) => {
            reasons::rightly(&refusals, &changes, &live)?;
            return Ok(End::Refused);
        }
    };
    same_bytes(case, &target, &live, &plan)?;
    announced(&plan)?;
    if asked {
        return Ok(End::Refused);
    }
    if changes.is_empty() {
        return Ok(End::Same);
    }
    let told = |failure: String| {
        format!("{failure}\n--- up\n{}\n--- down\n{}", plan.up_sql(), plan.down_sql())
    };
    let rows = proved(&mut history, &live, &changes, &plan, &target).map_err(told)?;
    if by_hand.is_empty() {
        there_and_back(&pair.before, &pair.after, &plan, &target).map_err(told)?;
    }
    let any_rows = rows::kept(&mut history, &pair.before, &changes, &plan).map_err(told)?;
    Ok(End::Proved { rows, any_rows, tried: coverage::of(case, &changes) })
}

/// The database before the change.
fn history(
    before: &Schema,
    additions: &[by_hand::Addition],
    target: &Target,
) -> Result<(Scratch, Live)> {
    let mut history = empty()?;
    let sql = create(&before.tables, target)?;
    history.execute(&sql, false).map_err(|error| format!("{error}\n{sql}"))?;
    let live = history.live().map_err(text)?;
    let strange = unmanaged(before, &live);
    if !strange.is_empty() {
        return Err(format!("what the plan made is not ours: {strange:#?}\n{sql}"));
    }
    for statement in by_hand::statements(before, additions) {
        history.execute(&statement, true).map_err(|error| format!("by hand: {error}"))?;
    }
    let live = history.live().map_err(text)?;
    Ok((history, live))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn empty() -> Result<Scratch> {
    let server = Server::of(Dialect::Sqlite, None).ok_or("no server")?;
    server.scratch().map_err(text)
}

/// SQL that makes the tables in an empty database.
fn create(tables: &[Table], target: &Target) -> Result<String> {
    let mut schema = Schema::of(tables.to_vec());
    schema.tables.to_mut().iter_mut().for_each(|table| table.renamed_from = None);
    let changes = diff(&Schema::EMPTY, &schema).map_err(|errors| format!("{errors:?}"))?;
    let plan = plan(&changes, target, &Live::default());
    plan.map(|plan| plan.up_sql()).map_err(|refusals| format!("{refusals:?}"))
}

fn same_bytes(case: &Case, target: &Target, live: &Live, own: &Plan) -> Result {
    let (before, after) =
        (shuffle::shuffled(&case.pair.before), shuffle::shuffled(&case.pair.after));
    let changes = diff(&before, &after).map_err(|errors| format!("{errors:?}"))?;
    let other = plan(&changes, target, live).map_err(|refusals| format!("{refusals:?}"))?;
    if (other.up_sql(), other.down_sql()) == (own.up_sql(), own.down_sql()) {
        return Ok(());
    }
    Err(format!(
        "declared in another order, the SQL is another:\n{}\n{}",
        own.up_sql(),
        other.up_sql()
    ))
}

/// A loss is told at the top of the file.
fn announced(plan: &Plan) -> Result {
    let sql = plan.up_sql();
    let losses: Vec<_> = plan.hazards().filter(|hazard| hazard.loss).collect();
    let told = |object: &str| {
        let line: String = object.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        sql.lines().any(|it| it.starts_with("-- loses data: ") && it.contains(&line))
    };
    match losses.iter().find(|hazard| !told(&hazard.object)) {
        Some(hazard) => Err(format!("up.sql does not tell {hazard:?}:\n{sql}")),
        None => Ok(()),
    }
}

/// Whether the plan says that rows may stop it.
pub(crate) fn may_fail(plan: &Plan) -> bool {
    let stops = |code: HazardCode| code.may_fail() || code == HazardCode::NarrowsType;
    plan.hazards().any(|hazard| stops(hazard.code))
}

/// Rows that went through the proof.
fn proved(
    history: &mut Scratch,
    live: &Live,
    changes: &[Change],
    plan: &Plan,
    target: &Target,
) -> Result<usize> {
    let (up, down) = (plan.up_sql(), plan.down_sql());
    let report = prove(&mut Proof {
        history,
        live,
        up: &[Script { sql: &up, in_transaction: plan.transaction }],
        at_once: None,
        phased: false,
        down: &[Script { sql: &down, in_transaction: plan.transaction }],
        changes,
        hints: true,
        certain: !may_fail(plan),
        way_back: match plan.down_hazards().any(|hazard| hazard.code.may_fail()) {
            true => WayBack::Uncertain,
            false => WayBack::Certain,
        },
        create: &|tables| create(tables, target),
        by_dump: false,
    });
    report.map(|report| report.rows).map_err(|failure| format!("not proved: {failure}"))
}

/// Up gives what a fresh database has, down what was there, and up again the same: by dump and
/// by introspection.
fn there_and_back(before: &Schema, after: &Schema, plan: &Plan, target: &Target) -> Result {
    let fresh = |schema: &Schema| -> Result<Scratch> {
        let mut scratch = empty()?;
        scratch.execute(&create(&schema.tables, target)?, false).map_err(text)?;
        Ok(scratch)
    };
    let (old, new) = (seen(&mut fresh(before)?)?, seen(&mut fresh(after)?)?);
    let mut own = fresh(before)?;
    let (up, down) = (plan.up_sql(), plan.down_sql());
    for (script, like, when) in [(&up, &new, "up"), (&down, &old, "down"), (&up, &new, "up again")]
    {
        own.execute(script, plan.transaction).map_err(|error| format!("{when}: {error}"))?;
        let now = seen(&mut own)?;
        if now.0 != like.0 {
            return Err(format!("{when}: expected\n{}\nfound\n{}", like.0, now.0));
        }
        if now.1 != like.1 {
            return Err(format!("{when}: expected\n{:#?}\nfound\n{:#?}", like.1, now.1));
        }
    }
    Ok(())
}

/// Writes names in the one way that SQLite tells from all others: it rewrites expressions when
/// something is renamed, and takes two cases of a name for one.
fn fold(table: &mut Table) {
    let name = |name: &mut Cow<'static, str>| *name = name.to_ascii_lowercase().into();
    let expr = |expr: &mut Expr| {
        let tokens = sql::tokens(expr.as_str(), Dialect::Sqlite);
        let text = tokens.map(|token| match token.kind {
            Kind::Quoted => quoted(&token.name().unwrap_or_default().to_ascii_lowercase()),
            Kind::Word => quoted(&token.text.to_ascii_lowercase()),
            Kind::String | Kind::Number | Kind::Punctuation | Kind::Space => token.text.to_owned(),
        });
        *expr = Expr::from(text.collect::<String>());
    };
    table.checks.to_mut().iter_mut().for_each(|it| {
        name(&mut it.name);
        expr(&mut it.expr);
    });
    table.foreign_keys.to_mut().iter_mut().for_each(|it| name(&mut it.name));
    for index in table.indexes.to_mut() {
        index.keys.to_mut().iter_mut().filter(|it| !it.is_column).for_each(|it| expr(&mut it.expr));
        index.predicate.iter_mut().for_each(expr);
    }
    let columns = table.columns.to_mut().iter_mut();
    columns.filter_map(|it| it.generated.as_mut()).for_each(|it| expr(&mut it.expr));
}

/// The dump and what introspection finds.
fn seen(scratch: &mut Scratch) -> Result<(String, Schema)> {
    let dump = scratch.dump().map_err(text)?.to_string();
    let mut schema = scratch.live().map_err(text)?.schema;
    schema.tables.to_mut().iter_mut().for_each(fold);
    Ok((dump, schema.canonical()))
}
