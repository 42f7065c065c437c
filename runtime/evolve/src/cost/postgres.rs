use super::clause::clause;
use super::{Cost, Lock, Work};
use crate::script::{Action, CreateTable, Known, Reference, RuleKind};

/// What a statement takes of each table of PostgreSQL that it touches. A table that it makes is not
/// among them: nobody else can know it yet.
pub fn postgres(action: &Action, known: &Known) -> Vec<Cost> {
    use Work::{Build, Nothing, Scan};
    let exclusively = |tables: &[String]| -> Vec<Cost> {
        tables.iter().map(|it| Cost::new(it, Lock::AccessExclusive, Nothing)).collect()
    };
    strongest(match action {
        Action::CreateTable(it) => created(it),
        Action::DropTable { tables, cascade: _ } => {
            let mut costs = exclusively(tables);
            let own = tables.iter().filter_map(|it| known.table(it));
            let others = own.flat_map(|it| &it.foreign_keys).map(|(_, _, to)| to.table.clone());
            costs.extend(exclusively(&others.collect::<Vec<_>>()));
            costs
        }
        Action::AlterTable { table, clauses } => {
            clauses.iter().flat_map(|it| clause(table, it, known)).collect()
        }
        Action::CreateIndex { table, concurrently, index: _, if_not_exists: _, only } => {
            let work = if *only { Nothing } else { Build };
            vec![Cost::new(table, gentle(*concurrently, Lock::Share), work)]
        }
        Action::DropIndex { names, concurrently, table: _, if_exists: _, cascade: _ } => {
            let tables = names.iter().filter_map(|name| known.index(name));
            let lock = gentle(*concurrently, Lock::AccessExclusive);
            tables.map(|(table, _)| Cost::new(&table.name, lock, Nothing)).collect()
        }
        Action::Truncate { tables, cascade: _ } | Action::Lock { tables } => exclusively(tables),
        Action::Insert { table, from_query: _ } => {
            vec![Cost::new(table, Lock::RowExclusive, Nothing)]
        }
        Action::Update { table, filtered: _ } | Action::Delete { table, filtered: _ } => {
            vec![Cost::new(table, Lock::RowExclusive, Scan)]
        }
        Action::Reindex { .. }
        | Action::Vacuum { .. }
        | Action::Cluster(_)
        | Action::Refresh { .. } => upkeep(action).into_iter().collect(),
        Action::CreateTrigger { table } => {
            vec![Cost::new(table, Lock::ShareRowExclusive, Nothing)]
        }
        Action::Drop { kind: _, names: _, of: Some(table), cascade: _ } => {
            vec![Cost::new(table, Lock::AccessExclusive, Nothing)]
        }
        Action::CreateType(_)
        | Action::AddLabel { .. }
        | Action::RenameLabel { .. }
        | Action::Drop { kind: _, names: _, of: None, cascade: _ }
        | Action::CreateExtension(_)
        | Action::Select
        | Action::Begin
        | Action::Commit
        | Action::Rollback
        | Action::Savepoint
        | Action::Set { .. }
        | Action::Pragma { .. }
        | Action::RenameTables(_)
        | Action::Alone(_)
        | Action::Quiet
        | Action::Unknown => Vec::new(),
    })
}

/// What works concurrently lets others write.
fn gentle(concurrently: bool, otherwise: Lock) -> Lock {
    if concurrently { Lock::ShareUpdateExclusive } else { otherwise }
}

/// What keeps tables in order and changes none; where no table is named nobody knows which.
fn upkeep(action: &Action) -> Option<Cost> {
    if let Action::Reindex { table: Some(table), concurrently } = action {
        Some(Cost::new(table, gentle(*concurrently, Lock::Share), Work::Build))
    } else if let Action::Vacuum { full: false, table: Some(table) } = action {
        Some(Cost::new(table, Lock::ShareUpdateExclusive, Work::Scan))
    } else if let Action::Vacuum { full: true, table: Some(table) } | Action::Cluster(Some(table)) =
        action
    {
        Some(Cost::new(table, Lock::AccessExclusive, Work::Rewrite))
    } else if let Action::Refresh { view, concurrently: true } = action {
        Some(Cost::new(view, Lock::Exclusive, Work::Scan))
    } else if let Action::Refresh { view, concurrently: false } = action {
        Some(Cost::new(view, Lock::AccessExclusive, Work::Rewrite))
    } else {
        None
    }
}

/// A new table takes what it refers to, and what it is a part of.
fn created(table: &CreateTable) -> Vec<Cost> {
    let inline = table.columns.iter().filter_map(|column| column.references.as_ref());
    let beside = table.constraints.iter().filter_map(|rule| target(&rule.kind));
    let others = inline.chain(beside).filter(|to| to.table != table.name);
    let others = others.map(|to| Cost::new(&to.table, Lock::ShareRowExclusive, Work::Nothing));
    let parent = table.partition_of.iter();
    let parent = parent.map(|of| Cost::new(of, Lock::AccessExclusive, Work::Nothing));
    others.chain(parent).collect()
}

/// One cost a table: the strongest lock, and the most work.
fn strongest(mut costs: Vec<Cost>) -> Vec<Cost> {
    costs.sort();
    let mut one: Vec<Cost> = Vec::new();
    for cost in costs {
        match one.last_mut().filter(|last| last.table == cost.table) {
            Some(last) => {
                last.lock = last.lock.max(cost.lock);
                last.work = last.work.max(cost.work);
            }
            None => one.push(cost),
        }
    }
    one
}

fn target(kind: &RuleKind) -> Option<&Reference> {
    match kind {
        RuleKind::ForeignKey(_, to) => Some(to),
        RuleKind::PrimaryKey(_)
        | RuleKind::Unique(_)
        | RuleKind::Check(_)
        | RuleKind::Exclude
        | RuleKind::NotNull(_) => None,
    }
}
