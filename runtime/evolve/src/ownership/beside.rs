//! What a history made, whoever owns it, and what became of that in a database.

use std::collections::{BTreeMap, BTreeSet};

use diesel_autogen_schema::sql::{Kind, tokens};
use diesel_autogen_schema::{Dialect, Enum, Live, OwnPlace, Place, Schema, Table, Text};

use super::spelling::spelled;
use super::unmanaged::{Rest, free_enums, of_enum, of_object, of_unmanaged, unmanaged};

/// What there is in a database: what the models own as they say it, and as it stands what they do
/// not own.
pub fn everything(owned: &Schema, live: &Live) -> Schema {
    let live = spelled(live, &[owned]);
    let mut tables: BTreeMap<Place<'_>, Table> =
        owned.tables.iter().map(|table| (table.place(), table.clone())).collect();
    for table in &live.schema.tables[..] {
        match tables.get_mut(&table.place()) {
            Some(own) => {
                let rest = Rest::of(live.engine, &own.clone(), table);
                own.columns.to_mut().extend(rest.columns.into_iter().cloned());
                own.uniques.to_mut().extend(rest.uniques.into_iter().cloned());
                own.indexes.to_mut().extend(rest.indexes.into_iter().cloned());
                own.checks.to_mut().extend(rest.checks.into_iter().cloned());
                own.exclusions.to_mut().extend(rest.exclusions.into_iter().cloned());
                own.foreign_keys.to_mut().extend(rest.foreign_keys.into_iter().cloned());
            }
            None => drop(tables.insert(table.place(), table.clone())),
        }
    }
    let extensions = owned.extensions.iter().chain(&live.schema.extensions[..]);
    let extensions: BTreeSet<_> = extensions.cloned().collect();
    let tables: Vec<Table> = tables.into_values().collect();
    Schema { tables: tables.into(), extensions: extensions.into_iter().collect() }.canonical()
}

/// How a database differs from one that a history made, in what no fact models.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// What is gone or another: `drop view names`, `change trigger told on users`.
    pub changed: Vec<String>,
    /// What the history did not make and no model owns, as [`unmanaged`] tells it.
    pub more: Vec<String>,
}

/// Compares what no fact models, and lists what there is more. `all` is what the history made as
/// [`everything`] tells it.
pub fn beside(all: &Schema, made: &Live, now: &Live) -> Beside {
    let (mut before, after) = (objects(all, made), objects(all, now));
    // What a table had of its own is gone with it.
    let gone = made.pg.settings.iter().filter(|(table, _)| now.schema.at(table.place()).is_none());
    gone.for_each(|it| drop(before.remove(&setting(it))));
    let changed = before.iter().filter_map(|(line, text)| match after.get(line) {
        None => Some(format!("drop {line}")),
        Some(is) if is != text => Some(format!("change {line}")),
        Some(_) => None,
    });
    let known: BTreeSet<String> = unmanaged(all, made).into_iter().collect();
    let mut more = unmanaged(all, now);
    more.extend(now.pg.settings.iter().map(setting));
    more.retain(|line| !known.contains(line) && !before.contains_key(line));
    more.sort();
    Beside { changed: changed.collect(), more }
}

/// What is no table, as [`unmanaged`] calls it, with what it is made of.
fn objects(all: &Schema, live: &Live) -> BTreeMap<String, Vec<String>> {
    let live = spelled(live, &[all]);
    let own = live.objects.iter().map(|it| (of_object(it), words(&it.sql, live.engine)));
    let server = live.pg.unmanaged.iter();
    let server = server.map(|it| (of_unmanaged(it), vec![it.text.clone().into_owned()]));
    let settings = live.pg.settings.iter().map(|it| (setting(it), Vec::new()));
    let enums = free_enums(all, &live.pg).map(|it| (of_enum(it), labels(it)));
    // Two operators of one name are told by the name.
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (line, text) in own.chain(server).chain(settings).chain(enums) {
        found.entry(line).or_default().extend(text);
    }
    found
}

fn setting((table, what): &(OwnPlace, Text)) -> String {
    format!("{what} on {}", table.place())
}

/// A statement without what does not count in it: an engine that keeps the text as somebody wrote it
/// writes a name anew when that changes, in quotes of its own.
fn words(sql: &str, engine: Dialect) -> Vec<String> {
    let solid = tokens(sql, engine).filter(|token| token.kind != Kind::Space);
    solid.map(|token| token.name().unwrap_or_else(|| token.text.to_owned())).collect()
}

fn labels(of: &Enum) -> Vec<String> {
    of.labels.iter().map(|label| label.name.to_string()).collect()
}
