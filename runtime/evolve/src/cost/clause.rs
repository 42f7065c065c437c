use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::sql::names;

use super::volatile::is_volatile;
use super::{Cost, Lock, Work};
use crate::script::{Clause, ColumnDef, Constraint, Known, Made, RuleKind, TypeText};

/// What a clause of `ALTER TABLE` takes.
pub(crate) fn clause(table: &str, clause: &Clause, known: &Known) -> Vec<Cost> {
    use Work::{Build, Nothing, Rewrite, Scan};
    let alone = |work: Work| vec![Cost::new(table, Lock::AccessExclusive, work)];
    let gently = |work: Work| vec![Cost::new(table, Lock::ShareUpdateExclusive, work)];
    match clause {
        Clause::AddColumn(column) => added(table, column),
        Clause::AddConstraint(rule) => ruled(table, rule, known),
        Clause::DropConstraint { name: Some(name), primary_key: _, cascade: _ } => {
            let target = Cost::new("", Lock::AccessExclusive, Nothing);
            with_target(alone(Nothing), target, table, name, known)
        }
        Clause::Validate(name) => {
            let target = Cost::new("", Lock::RowShare, Scan);
            with_target(gently(Scan), target, table, name, known)
        }
        Clause::SetNotNull(column) if is_proved(table, column, known) => alone(Nothing),
        Clause::SetNotNull(_) => alone(Scan),
        Clause::SetType { column, sql_type, using, collation } => {
            alone(retyped(table, column, sql_type, using.as_deref(), *collation, known))
        }
        Clause::SetExpression(_) | Clause::Rewrite(_) | Clause::Rebuild(_) => alone(Rewrite),
        Clause::DisableTrigger(_) | Clause::EnableTrigger => {
            vec![Cost::new(table, Lock::ShareRowExclusive, Nothing)]
        }
        Clause::AttachPartition(part) => {
            [gently(Nothing), vec![Cost::new(part, Lock::AccessExclusive, Scan)]].concat()
        }
        Clause::DetachPartition { name: _, concurrently: true } | Clause::Light => gently(Nothing),
        Clause::DetachPartition { name, concurrently: false } => {
            [alone(Nothing), vec![Cost::new(name, Lock::AccessExclusive, Nothing)]].concat()
        }
        Clause::AddIndex(_) => alone(Build),
        Clause::DropConstraint { name: None, .. }
        | Clause::DropColumn { .. }
        | Clause::RenameColumn { .. }
        | Clause::RenameTable(_)
        | Clause::RenameRule
        | Clause::DropNotNull(_)
        | Clause::Default(_)
        | Clause::Identity(_)
        | Clause::DropExpression(_)
        | Clause::SetSchema(_)
        | Clause::Modify { .. }
        | Clause::DropIndex(_)
        | Clause::Engine(_)
        | Clause::ConvertCharset(_)
        | Clause::Algorithm(_)
        | Clause::LockMode(_)
        | Clause::EnableKeys
        | Clause::Other(_) => alone(Nothing),
    }
}

/// With what it takes of the table that a foreign key of this name refers to.
fn with_target(
    mut costs: Vec<Cost>,
    target: Cost,
    table: &str,
    name: &str,
    known: &Known,
) -> Vec<Cost> {
    let keys = known.table(table).into_iter().flat_map(|own| &own.foreign_keys);
    let named = keys.filter(|(own, _, _)| own.as_deref() == Some(name));
    costs.extend(named.map(|(_, _, to)| Cost { table: to.table.clone(), ..target.clone() }));
    costs
}

fn added(table: &str, column: &ColumnDef) -> Vec<Cost> {
    let volatile = column.default.as_deref().is_some_and(is_volatile);
    let work = match column.made {
        Made::Counted | Made::Stored => Work::Rewrite,
        Made::Given if volatile => Work::Rewrite,
        Made::Given | Made::Virtual if column.unique || column.primary_key => Work::Build,
        Made::Given | Made::Virtual if column.check.is_some() => Work::Scan,
        Made::Given | Made::Virtual => Work::Nothing,
    };
    let own = [Cost::new(table, Lock::AccessExclusive, work)];
    let references = column.references.iter();
    let others = references.map(|to| Cost::new(&to.table, Lock::ShareRowExclusive, Work::Nothing));
    own.into_iter().chain(others).collect()
}

fn ruled(table: &str, rule: &Constraint, known: &Known) -> Vec<Cost> {
    let alone = |work| vec![Cost::new(table, Lock::AccessExclusive, work)];
    match &rule.kind {
        RuleKind::ForeignKey(_, to) => {
            let work = if rule.not_valid { Work::Nothing } else { Work::Scan };
            let lock = Lock::ShareRowExclusive;
            vec![Cost::new(table, lock, work), Cost::new(&to.table, lock, work)]
        }
        RuleKind::Check(_) | RuleKind::NotNull(_) if rule.not_valid => alone(Work::Nothing),
        RuleKind::Check(_) => alone(Work::Scan),
        RuleKind::NotNull(column) => {
            alone(if is_proved(table, column, known) { Work::Nothing } else { Work::Scan })
        }
        RuleKind::PrimaryKey(_) | RuleKind::Unique(_) if rule.using_index.is_some() => {
            alone(Work::Nothing)
        }
        RuleKind::PrimaryKey(_) | RuleKind::Unique(_) | RuleKind::Exclude => alone(Work::Build),
    }
}

/// Whether no row of the table can hold NULL there, by what the engine itself knows.
fn is_proved(table: &str, column: &str, known: &Known) -> bool {
    let Some(table) = known.table(table) else { return false };
    let wanted = format!("{column} is not null");
    let proves = |condition: &str| {
        let text = condition.replace('"', "").to_lowercase();
        let text = text.trim_matches(['(', ')', ' ']);
        text == wanted.to_lowercase()
    };
    let is_declared = table.column(known.engine(), column).is_some_and(|it| !it.nullable);
    is_declared || table.checks.iter().any(|(_, condition, valid)| *valid && proves(condition))
}

fn retyped(
    table: &str,
    column: &str,
    sql_type: &str,
    using: Option<&str>,
    collation: bool,
    known: &Known,
) -> Work {
    let Some(before) = known.column(table, column) else { return Work::Rewrite };
    let (from, to) = (TypeText::new(&before.sql_type), TypeText::new(sql_type));
    let is_plain = using.is_none_or(|using| {
        // A cast over a third type may go to another type of the same name.
        let mut parts = using.split("::");
        let is_own = parts.next().is_some_and(|own| own.trim().trim_matches('"') == column);
        is_own && parts.count() < 2
    });
    if !is_plain || !from.stays_on_disk(&to) {
        return Work::Rewrite;
    }
    let is_indexed = known.table(table).is_some_and(|table| {
        let keys = table.indexes.iter().flat_map(|it| &it.index.keys).chain(&table.primary_key);
        keys.into_iter().any(|key| key == column)
    });
    let other_order =
        collation || from.base != to.base && [&from, &to].iter().any(|it| it.base == "citext");
    // What a check says has to be said again of the new type.
    let is_checked = known.table(table).is_some_and(|table| {
        let engine = Dialect::Postgres;
        let mentions =
            |condition: &str| names(condition, engine).any(|token| token.is_column(column, engine));
        table.checks.iter().any(|(_, condition, _)| mentions(condition))
    });
    match (other_order && is_indexed, is_checked) {
        (true, _) => Work::Build,
        (false, true) => Work::Scan,
        (false, false) => Work::Nothing,
    }
}
