//! Tables with their rules and indexes.

use std::collections::{BTreeMap, BTreeSet};

use diesel_autogen_schema::{
    Action, Check, Column, Deferrable, Excluded, Exclusion, Expr, Extra, Extras, ForeignKey, Index,
    IndexKey, Order, OwnPlace, Table, Text, Unique, names,
};

use diesel_autogen_evolve::dialect::postgres::follow::Follow;

use super::row::{self, Constraint};
use super::{Reader, columns};

/// Every table that facts model.
pub(super) fn tables(reader: &Reader<'_>) -> Vec<Table> {
    let mut columns = columns::columns(reader);
    let mut tables: BTreeMap<u32, Table> = BTreeMap::new();
    for relation in reader.catalogue.relations.iter().filter(|it| reader.tables.contains(&it.oid)) {
        let OwnPlace { schema, name } = super::place(&relation.schema, &relation.name);
        let mut table = Table::new(name);
        table.schema = schema;
        table.columns = columns.remove(&relation.oid).unwrap_or_default().into();
        table.comment = relation.comment.clone().map(Text::from);
        table.extras = parameters(&relation.parameters).into();
        tables.insert(relation.oid, table);
    }
    let indexes: BTreeMap<u32, &row::Index> =
        reader.catalogue.indexes.iter().map(|it| (it.oid, it)).collect();
    let mut of_constraints = BTreeSet::new();
    for constraint in &reader.catalogue.constraints {
        if constraint.kind != "f" {
            of_constraints.insert(constraint.index);
        }
        if let Some(table) = tables.get_mut(&constraint.relation) {
            let index = indexes.get(&constraint.index).copied();
            add(reader, table, constraint, index);
        }
    }
    for index in &reader.catalogue.indexes {
        // A key that a failed `CONCURRENTLY` left keeps nothing apart and finds nothing.
        if !of_constraints.contains(&index.oid)
            && index.valid
            && let Some(table) = tables.get_mut(&index.relation)
        {
            table.indexes.to_mut().push(index_of(reader, index));
        }
    }
    for relation in &reader.catalogue.relations {
        if let Some(table) = tables.get_mut(&relation.oid) {
            let followers = relation.followers.iter().zip(&relation.bodies);
            followers.for_each(|(name, body)| follow(table, name, body));
        }
    }
    tables.into_values().collect()
}

/// Notes which column follows which, if it is so that the trigger makes one follow another.
fn follow(table: &mut Table, trigger: &str, body: &str) {
    let is_it = |column: &&Column| names::follows(&table.name, &column.name) == trigger;
    let Some(column) = table.columns.iter().find(is_it) else { return };
    let followed = table.columns.iter().find_map(|of| {
        let extras = column.extras.clone().and(Extra::Follows(of.name.clone()));
        let own = Column { extras: extras.clone(), ..column.clone() };
        if Follow::of(table, &own)?.body() == body {
            return Some(own);
        }
        let by = |by: &str| Column {
            extras: extras.clone().and(Extra::FollowsBy(by.to_owned().into())),
            ..column.clone()
        };
        Follow::of(table, &by(""))?.said_in(body).map(|it| by(&it))
    });
    if let Some(column) = followed {
        let mut columns = table.columns.to_mut().iter_mut();
        columns.find(|it| it.name == column.name).into_iter().for_each(|it| *it = column.clone());
    }
}

/// Constraints that nobody looked at the rows for.
pub(super) fn not_valid(reader: &Reader<'_>) -> Vec<(OwnPlace, Text)> {
    let constraints = reader.catalogue.constraints.iter();
    let mut found: Vec<(OwnPlace, Text)> = constraints
        .filter(|it| !it.validated && reader.tables.contains(&it.relation))
        .filter_map(|it| Some((reader.places.get(&it.relation)?.clone(), it.name.clone().into())))
        .collect();
    found.sort();
    found
}

/// What is unusual about tables and no fact says.
pub(super) fn settings(reader: &Reader<'_>) -> Vec<(OwnPlace, Text)> {
    let tables = reader.catalogue.relations.iter().filter(|it| reader.tables.contains(&it.oid));
    let mut found: Vec<(OwnPlace, Text)> = Vec::new();
    for table in tables {
        let words = table.settings.split(';').filter(|it| !it.is_empty());
        let place = super::place(&table.schema, &table.name);
        found.extend(words.map(|it| (place.clone(), it.to_owned().into())));
    }
    found.sort();
    found
}

/// Primary keys that are called otherwise than [`names::primary_key`] has it.
pub(super) fn odd_keys(reader: &Reader<'_>) -> BTreeMap<OwnPlace, Text> {
    let keys = reader.catalogue.constraints.iter().filter(|it| it.kind == "p");
    keys.filter(|it| reader.tables.contains(&it.relation))
        .filter_map(|it| Some((reader.places.get(&it.relation)?.clone(), it)))
        .filter(|(table, it)| it.name != names::primary_key(&table.name))
        .map(|(table, it)| (table, it.name.clone().into()))
        .collect()
}

fn add(
    reader: &Reader<'_>,
    table: &mut Table,
    constraint: &Constraint,
    index: Option<&row::Index>,
) {
    let name = Text::from(constraint.name.clone());
    let columns = reader.columns(constraint.relation, &constraint.columns);
    let mut extras: Vec<Extra> = comment(constraint.comment.as_ref());
    let deferrable = deferrable(constraint);
    match constraint.kind.as_str() {
        "p" => table.primary_key = columns.into(),
        "u" => {
            extras.extend(deferred(deferrable));
            extras.extend(index.map(|it| kept(reader, it)).unwrap_or_default());
            let unique = Unique { name, columns: columns.into(), extras: extras.into() };
            table.uniques.to_mut().push(unique);
        }
        "c" => {
            let expr = Expr::from(constraint.expr.clone().unwrap_or_default());
            table.checks.to_mut().push(Check { name, expr, extras: extras.into() });
        }
        "x" => {
            let Some(index) = index else { return };
            extras.extend(deferred(deferrable));
            extras.extend(kept(reader, index));
            let elements = keys(reader, index).into_iter().zip(&constraint.operators);
            table.exclusions.to_mut().push(Exclusion {
                name,
                elements: elements
                    .map(|(key, operator)| Excluded { key, operator: operator.clone().into() })
                    .collect(),
                predicate: index.predicate.clone().map(Expr::from),
                extras: extras.into(),
            });
        }
        _ => {
            if let Some(key) = foreign_key(reader, constraint, extras, deferrable) {
                table.foreign_keys.to_mut().push(key);
            }
        }
    }
}

fn foreign_key(
    reader: &Reader<'_>,
    constraint: &Constraint,
    mut extras: Vec<Extra>,
    deferrable: Deferrable,
) -> Option<ForeignKey> {
    let OwnPlace { schema, name: table } = reader.places.get(&constraint.target)?.clone();
    if constraint.matching == "f" {
        extras.push(Extra::MatchFull);
    }
    if !constraint.set_columns.is_empty() {
        let columns = reader.columns(constraint.relation, &constraint.set_columns);
        extras.push(Extra::SetColumns(columns.into()));
    }
    Some(ForeignKey {
        name: constraint.name.clone().into(),
        columns: reader.columns(constraint.relation, &constraint.columns).into(),
        schema,
        table,
        references: reader.columns(constraint.target, &constraint.references).into(),
        on_delete: action(&constraint.on_delete),
        on_update: action(&constraint.on_update),
        deferrable,
        extras: extras.into(),
    })
}

fn index_of(reader: &Reader<'_>, index: &row::Index) -> Index {
    let mut extras = kept(reader, index);
    extras.extend(comment(index.comment.as_ref()));
    Index {
        name: index.name.clone().into(),
        keys: keys(reader, index).into(),
        unique: index.unique,
        predicate: index.predicate.clone().map(Expr::from),
        extras: extras.into(),
    }
}

/// How an index is kept, its own or that of a rule.
fn kept(reader: &Reader<'_>, index: &row::Index) -> Vec<Extra> {
    let mut extras = parameters(&index.parameters);
    if index.method != "btree" {
        extras.push(Extra::Method(index.method.clone().into()));
    }
    if index.nulls_not_distinct {
        extras.push(Extra::NullsNotDistinct);
    }
    let carried = reader.columns(index.relation, &index.columns[index.exprs.len()..]);
    if !carried.is_empty() {
        extras.push(Extra::Include(carried.into()));
    }
    extras
}

fn keys(reader: &Reader<'_>, index: &row::Index) -> Vec<IndexKey> {
    let key = |at: usize| {
        let expr = &index.exprs[at];
        let column = reader.column_names.get(&(index.relation, index.columns[at]));
        let mut key = match column {
            Some(name) if expr.is_empty() => IndexKey::column((*name).to_owned().into()),
            Some(_) | None => IndexKey::expression(Expr::from(expr.clone())),
        };
        let options = index.options.get(at).copied().unwrap_or_default();
        let (descending, first) = (options & 1 != 0, options & 2 != 0);
        let said = |text: &String| Some(Text::from(text.clone())).filter(|it| !it.is_empty());
        let mut extras = Vec::new();
        extras.extend(said(&index.collations[at]).map(Extra::Collate));
        extras.extend(said(&index.classes[at]).map(Extra::Opclass));
        if index.ordered {
            key.order = if descending { Order::Desc } else { Order::Asc };
            // NULLs are larger than everything.
            match (descending, first) {
                (false, true) => extras.push(Extra::NullsFirst),
                (true, false) => extras.push(Extra::NullsLast),
                (false, false) | (true, true) => {}
            }
        }
        key.extras = Extras::from(extras);
        key
    };
    (0..index.exprs.len()).map(key).collect()
}

fn parameters(all: &[String]) -> Vec<Extra> {
    let pair = |text: &String| {
        let (name, value) = text.split_once('=')?;
        Some(Extra::With(name.to_owned().into(), value.to_owned().into()))
    };
    all.iter().filter_map(pair).collect()
}

fn comment(text: Option<&String>) -> Vec<Extra> {
    text.map(|text| Extra::Comment(text.clone().into())).into_iter().collect()
}

fn deferred(mode: Deferrable) -> Option<Extra> {
    match mode {
        Deferrable::No => None,
        Deferrable::InitiallyImmediate | Deferrable::InitiallyDeferred => {
            Some(Extra::Deferrable(mode))
        }
    }
}

fn deferrable(constraint: &Constraint) -> Deferrable {
    match (constraint.deferrable, constraint.deferred) {
        (false, _) => Deferrable::No,
        (true, false) => Deferrable::InitiallyImmediate,
        (true, true) => Deferrable::InitiallyDeferred,
    }
}

fn action(letter: &str) -> Action {
    match letter {
        "r" => Action::Restrict,
        "c" => Action::Cascade,
        "n" => Action::SetNull,
        "d" => Action::SetDefault,
        _ => Action::NoAction,
    }
}
