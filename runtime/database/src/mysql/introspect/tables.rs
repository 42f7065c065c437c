//! Tables with their rules and indexes.

use diesel_autogen_schema::facts::mysql::{DEFAULT_COLLATION, DEFAULT_ENGINE};
use diesel_autogen_schema::{
    Action, Check, Deferrable, Expr, Extra, Extras, ForeignKey, Index, IndexKey, Order, Table,
    Text, Unique,
};

use super::catalogue::{Catalogue, Record};
use super::columns::{self, is_json_check, remark, written};

/// Every table.
pub(super) fn tables(catalogue: &Catalogue) -> Vec<Table> {
    catalogue.tables.iter().map(|it| table(catalogue, it)).collect()
}

fn table(catalogue: &Catalogue, it: &Record) -> Table {
    let (name, engine, collation) = (it.text(0), it.text(1), it.text(2));
    let mut table = Table::new(name.to_owned().into());
    table.columns = columns::of(catalogue, name, collation).into();
    table.comment = remark(it.text(3));
    let own = [
        (collation != DEFAULT_COLLATION).then(|| Extra::Collate(collation.to_owned().into())),
        (engine != DEFAULT_ENGINE).then(|| Extra::Engine(engine.to_owned().into())),
    ];
    table.extras = own.into_iter().flatten().collect::<Vec<_>>().into();
    let conditions = catalogue.checks.iter().filter(|it| it.text(0) == name);
    // The condition of a JSON column keeps the name that the column had at first.
    let of_json =
        |it: &Record| table.columns.iter().any(|column| is_json_check(it, name, &column.name));
    table.checks = conditions
        .filter(|it| !of_json(it))
        .map(|it| Check {
            name: it.text(1).to_owned().into(),
            expr: written(it.text(2), catalogue.flavour),
            extras: Extras::NONE,
        })
        .collect();
    table.foreign_keys = foreign_keys(catalogue, name).into();
    let keys: Vec<&Record> = catalogue.keys.iter().filter(|it| it.text(0) == name).collect();
    for keys in keys.chunk_by(|a, b| a.text(1) == b.text(1)) {
        add(&mut table, keys, catalogue);
    }
    without_supports(&mut table);
    table
}

/// Adds an index, key by key, as what it is.
fn add(table: &mut Table, keys: &[&Record], catalogue: &Catalogue) {
    let Some(first) = keys.first() else { return };
    let name = Text::from(first.text(1).to_owned());
    let columns = || keys.iter().map(|it| Text::from(it.text(3).to_owned())).collect::<Vec<Text>>();
    if name == "PRIMARY" {
        table.primary_key = columns().into();
        return;
    }
    let kind = first.text(6);
    let unique = first.number(2) == Some(0);
    let keys: Vec<IndexKey> = keys.iter().map(|it| key(it, kind, catalogue)).collect();
    let mut extras: Vec<Extra> = remark(first.text(7)).map(Extra::Comment).into_iter().collect();
    let plain = |key: &IndexKey| key.is_column && key.order == Order::Asc && key.extras.is_empty();
    if unique && keys.iter().all(plain) {
        let rule = Unique { name, columns: columns().into(), extras: extras.into() };
        table.uniques.to_mut().push(rule);
        return;
    }
    let method = match kind {
        "FULLTEXT" => Some("fulltext"),
        "SPATIAL" => Some("spatial"),
        "HASH" if !unique => Some("hash"),
        _ => None,
    };
    extras.extend(method.map(|it| Extra::Method(it.into())));
    let index = Index { name, keys: keys.into(), unique, predicate: None, extras: extras.into() };
    table.indexes.to_mut().push(index);
}

fn key(it: &Record, kind: &str, catalogue: &Catalogue) -> IndexKey {
    let mut key = match it.known(8) {
        Some(expr) => IndexKey::expression(written(expr, catalogue.flavour)),
        None => {
            IndexKey { is_column: true, ..IndexKey::expression(Expr::from(it.text(3).to_owned())) }
        }
    };
    if it.text(4) == "D" {
        key.order = Order::Desc;
    }
    // Where a thing lies is always kept by so much of it.
    if let Some(prefix) = it.number(5).filter(|_| kind != "SPATIAL") {
        key.extras = vec![Extra::Prefix(prefix)].into();
    }
    key
}

/// Takes away the indexes that belong to foreign keys: those that the server would make for them.
fn without_supports(table: &mut Table) {
    let implied = |index: &Index| {
        let columns = index.keys.iter().map(|key| key.expr.as_str());
        let plain =
            |key: &IndexKey| key.is_column && key.order == Order::Asc && key.extras.is_empty();
        !index.unique
            && index.extras.is_empty()
            && index.keys.iter().all(plain)
            && table.foreign_keys.iter().any(|key| {
                key.name == index.name && columns.clone().eq(key.columns.iter().map(|it| &**it))
            })
    };
    let (implied, others): (Vec<Index>, Vec<Index>) =
        table.indexes.iter().cloned().partition(implied);
    table.indexes = others.into();
    let supports = table.supports();
    let needed = |index: &Index| supports.iter().any(|it| it.name == index.name);
    table.indexes.to_mut().extend(implied.into_iter().filter(|index| !needed(index)));
}

fn foreign_keys(catalogue: &Catalogue, table: &str) -> Vec<ForeignKey> {
    let own: Vec<&Record> = catalogue.references.iter().filter(|it| it.text(0) == table).collect();
    let keys = own.chunk_by(|a, b| a.text(1) == b.text(1));
    keys.map(|columns| {
        let first = columns[0];
        let list = |at: usize| columns.iter().map(move |it| Text::from(it.text(at).to_owned()));
        let elsewhere = first.text(3) != catalogue.database;
        ForeignKey {
            name: first.text(1).to_owned().into(),
            columns: list(2).collect(),
            schema: elsewhere.then(|| first.text(3).to_owned().into()),
            table: first.text(4).to_owned().into(),
            references: list(5).collect(),
            on_update: action(first.text(6)),
            on_delete: action(first.text(7)),
            deferrable: Deferrable::No,
            extras: Extras::NONE,
        }
    })
    .collect()
}

fn action(rule: &str) -> Action {
    match rule {
        "CASCADE" => Action::Cascade,
        "SET NULL" => Action::SetNull,
        "SET DEFAULT" => Action::SetDefault,
        // To these servers both are the same, and they write one for the other.
        _ => Action::NoAction,
    }
}
