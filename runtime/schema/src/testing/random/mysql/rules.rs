//! Rules with what only MySQL and MariaDB have of them.

use super::types::{has_words, is_long, is_place, is_text};
use super::{mentioned, name, names, number, rarely};
use crate::Dialect;
use crate::facts::{
    Action, Column, Deferrable, Extra, Extras, ForeignKey, Index, IndexKey, List, Order, Schema,
    SqlType, Table, Text, Unique,
};

/// A table as the generator made it, among all others.
pub(super) struct Ruled<'a> {
    pub(super) table: &'a Table,
    pub(super) all: &'a Schema,
}

impl Ruled<'_> {
    /// Whether a key or a uniqueness rule is about the whole of the column.
    pub(super) fn keys(&self, column: &str) -> bool {
        let has = |columns: &List<Text>| columns.iter().any(|it| it == column);
        has(&self.table.primary_key)
            || self.table.uniques.iter().any(|it| has(&it.columns))
            || self.table.indexes.iter().any(|it| {
                it.unique && it.keys.iter().any(|key| key.is_column && key.expr.as_str() == column)
            })
            || self.refers(column)
    }

    /// Whether the column refers, or is referred to.
    pub(super) fn refers(&self, column: &str) -> bool {
        let has = |columns: &List<Text>| columns.iter().any(|it| it == column);
        self.table.foreign_keys.iter().any(|it| has(&it.columns))
            || self.all.tables.iter().any(|table| {
                let mut keys = table.foreign_keys.iter();
                keys.any(|it| it.table == self.table.name && has(&it.references))
            })
    }
}

/// The name of a rule of a table.
pub(super) fn named(of: &Table, kind: &str, own: &str) -> Text {
    format!("{kind} {:x}", number(&format!("{} {own}", of.name))).into()
}

fn remark(name: &str) -> Extras {
    match rarely(name, "remark", 4) {
        true => vec![Extra::Comment("it's \"so\" \\".into())].into(),
        false => Extras::NONE,
    }
}

/// The uniqueness rules, with those that were indexes.
pub(super) fn uniques(of: &Table, whole: Vec<Unique>) -> List<Unique> {
    let own = of.uniques.iter().map(|it| Unique {
        name: named(of, "u", &it.name),
        columns: names(&it.columns),
        extras: remark(&it.name),
    });
    own.chain(whole).collect()
}

/// The indexes: those that are uniqueness rules to these servers, and the rest.
pub(super) fn indexes(of: &Table, dressed: &Table) -> (Vec<Unique>, List<Index>) {
    let (mut whole, mut rest) = (Vec::new(), Vec::new());
    for index in &of.indexes[..] {
        let Some(made) = self::index(of, index, dressed) else { continue };
        let plain = |key: &IndexKey| key.order == Order::Asc && key.extras.is_empty();
        let ordinary = !made.extras.iter().any(|it| it.key() == "using");
        if made.unique && ordinary && made.keys.iter().all(plain) {
            let columns = made.keys.iter().map(|key| key.expr.0.clone()).collect();
            whole.push(Unique { name: made.name, columns, extras: made.extras });
        } else {
            rest.push(made);
        }
    }
    (whole, rest.into())
}

fn index(of: &Table, index: &Index, dressed: &Table) -> Option<Index> {
    let mut columns: Vec<(&Column, Order)> = Vec::new();
    for key in &index.keys[..] {
        let name = match key.is_column {
            true => Some(name(key.expr.as_str())),
            // These servers index no expressions: the column that it is about.
            false => {
                let quoted = mentioned(&key.expr, of).into_iter().next();
                quoted.map(|it| it.trim_matches('"').replace("\"\"", "\"").into())
            }
        };
        let column = name.and_then(|name: Text| dressed.column(&name));
        if let Some(column) =
            column.filter(|it| !columns.iter().any(|(own, _)| own.name == it.name))
        {
            columns.push((column, key.order));
        }
    }
    let mut made = Index {
        name: named(of, "i", &index.name),
        keys: List::Borrowed(&[]),
        unique: index.unique,
        predicate: None,
        extras: remark(&index.name),
    };
    let places = matches!(&columns[..], [(it, _)] if is_place(&it.sql_type) && !it.nullable);
    // Such an index is about texts that are compared alike.
    let alike = columns.windows(2).all(|both| both[0].0.collation == both[1].0.collation);
    let words = columns.iter().all(|(it, _)| is_text(&it.sql_type) && it.generated.is_none())
        && alike
        && has_words(&index.name);
    let method = match (places, words) {
        (true, _) => Some("spatial"),
        (_, true) => Some("fulltext"),
        (false, false) => None,
    };
    columns.retain(|(it, _)| {
        method.is_some() || it.sql_type != SqlType::Json && !is_place(&it.sql_type)
    });
    if columns.is_empty() {
        return None;
    }
    if let Some(method) = method {
        made.unique = false;
        made.extras = made.extras.and(Extra::Method(method.into()));
        made.keys = columns.iter().map(|(it, _)| IndexKey::column(it.name.clone())).collect();
        return Some(made);
    }
    made.keys = columns.iter().map(|(column, order)| key(column, *order, &index.name)).collect();
    Some(made)
}

fn key(column: &Column, order: Order, index: &str) -> IndexKey {
    let mut key = IndexKey::column(column.name.clone());
    key.order = order;
    let some = matches!(column.sql_type, SqlType::Text { max_length: Some(_) })
        && column.generated.is_none();
    if is_long(&column.sql_type) {
        key.extras = vec![Extra::Prefix(10)].into();
    } else if some && rarely(index, "prefix", 3) {
        key.extras = vec![Extra::Prefix(2)].into();
    }
    key
}

/// The foreign keys that the servers take: both sides of one type, of a table among `all`.
pub(super) fn foreign_keys(of: &Table, table: &Table, all: &[Table]) -> List<ForeignKey> {
    let keys = of.foreign_keys.iter().filter_map(|it| {
        let columns = names(&it.columns);
        let references = names(&it.references);
        let target = name(&it.table);
        let parent = all.iter().find(|it| it.name == target)?;
        let fits = |(own, other): (&Text, &Text)| {
            let (Some(own), Some(other)) = (table.column(own), parent.column(other)) else {
                return false;
            };
            let texts = is_text(&own.sql_type) && is_text(&other.sql_type);
            let plain = own.generated.is_none() && other.generated.is_none();
            let enums = matches!(own.sql_type, SqlType::Enum(_));
            plain && !enums && (texts || own.sql_type.same_facts(&other.sql_type))
        };
        let all_fit =
            columns.iter().zip(references.iter()).all(fits) && parent.answers(&references);
        // MariaDB makes no key that hands NULL on to a column that takes none.
        let hands_on = columns.iter().zip(references.iter()).any(|(own, other)| {
            let takes =
                |table: &Table, name: &Text| table.column(name).is_some_and(|it| it.nullable);
            !takes(table, own) && takes(parent, other)
        });
        let on_update = match action(it.on_update) {
            Action::Cascade if hands_on => Action::NoAction,
            other => other,
        };
        all_fit.then(|| ForeignKey {
            name: named(of, "f", &it.name),
            columns,
            schema: None,
            table: target,
            references,
            on_delete: action(it.on_delete),
            on_update,
            deferrable: Deferrable::No,
            extras: Extras::NONE,
        })
    });
    keys.collect()
}

fn action(of: Action) -> Action {
    match of {
        Action::SetDefault => Action::NoAction,
        Action::NoAction | Action::Restrict | Action::Cascade | Action::SetNull => of,
    }
}

/// Takes away what a row's own columns must not suffer: where something is computed from a column,
/// no foreign key writes it.
pub(super) fn calm(table: &mut Table) {
    let read = table.clone();
    for key in table.foreign_keys.to_mut() {
        let is_read = key.columns.iter().any(|column| {
            let mut computed = read.columns.iter().filter_map(|it| it.generated.as_ref());
            computed.any(|it| it.expr.mentions(column, Dialect::Mysql))
                || read.checks.iter().any(|it| it.expr.mentions(column, Dialect::Mysql))
        });
        if is_read {
            (key.on_delete, key.on_update) = (Action::NoAction, Action::NoAction);
        }
    }
}
