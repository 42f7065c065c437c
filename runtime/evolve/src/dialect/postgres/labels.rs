//! Other labels for an enum type: by the statements that PostgreSQL has, or by a new type that
//! takes the place of the old one.

use diesel_autogen_schema::{Column, Enum, Expr, OwnPlace, PgType, SqlType, Text};

use super::ahead::Ahead;
use super::alter::Direction;
use super::quote::{ident, place, string, type_name};
use super::render::{On, column_def, comment, default_value};
use super::rule::Rule;
use super::rules_sql;
use crate::decide::relabelled;

/// An enum type, its labels before and after, and what holds values of it all along.
#[derive(Clone, Debug)]
pub(crate) struct Labels {
    pub(crate) before: Enum,
    pub(crate) after: Enum,
    pub(crate) columns: Vec<Holder>,
    /// Columns that are computed from those.
    pub(crate) computed: Vec<Holder>,
    /// Rules that compare values of it, or are about a column that is computed from one.
    pub(crate) rules: Vec<Held>,
    /// What the old type is called while both are there.
    pub(crate) aside: Text,
    /// Where the type is before anything is renamed.
    pub(crate) was: OwnPlace,
}

/// The labels before, as they are called after, when none goes and all stay in their order.
pub(crate) fn carried<'l>(before: &'l Enum, after: &'l Enum) -> Option<Vec<&'l str>> {
    let labels = before.labels.iter();
    let carried: Vec<&str> =
        labels.map(|label| relabelled(&label.name, before, after)).collect::<Option<_>>()?;
    let places: Vec<usize> = carried
        .iter()
        .map(|name| after.labels.iter().position(|label| label.name == *name))
        .collect::<Option<_>>()?;
    places.windows(2).all(|pair| pair[0] < pair[1]).then_some(carried)
}

/// A rule of a table, before and after, under its name after.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) table: OwnPlace,
    pub(crate) before: Rule,
    pub(crate) after: Rule,
}

/// A column that holds values of an enum type, before and after.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    pub(crate) table: OwnPlace,
    pub(crate) before: Column,
    pub(crate) after: Column,
}

impl Labels {
    pub(crate) fn invert(self) -> Labels {
        let columns = self.columns.into_iter().map(Holder::invert).collect();
        let computed = self.computed.into_iter().map(Holder::invert).collect();
        let held = |it: Held| Held { before: it.after, after: it.before, ..it };
        let rules = self.rules.into_iter().map(held).collect();
        Labels { before: self.after, after: self.before, columns, computed, rules, ..self }
    }

    /// Labels that rows may hold and that are none after.
    pub(crate) fn gone(&self) -> Vec<&str> {
        let labels = self.before.labels.iter().map(|label| label.name.as_ref());
        labels.filter(|it| relabelled(it, &self.before, &self.after).is_none()).collect()
    }

    /// The labels before, as they are called after, when none goes, all stay in their order, and
    /// nobody says what becomes of the values.
    fn carried(&self) -> Option<Vec<&str>> {
        if self.columns.iter().any(|it| it.after.using.is_some()) {
            return None;
        }
        carried(&self.before, &self.after)
    }

    /// Whether the type has to be made anew.
    pub(crate) fn is_swap(&self) -> bool {
        self.carried().is_none()
    }

    /// Labels that are new, where they can be added to the type.
    pub(crate) fn added(&self) -> Vec<&str> {
        let Some(carried) = self.carried() else { return Vec::new() };
        let labels = self.after.labels.iter().map(|label| label.name.as_ref());
        labels.filter(|label| !carried.contains(label)).collect()
    }

    pub(crate) fn statements(&self, ahead: &Ahead) -> Vec<String> {
        let place = OwnPlace::from(self.after.place());
        match self.carried().filter(|_| !ahead.anew.contains(&place)) {
            Some(carried) => self.native(&carried, ahead.added.contains(&place)),
            None => self.swap(),
        }
    }

    /// The statements that add labels before everything else happens.
    pub(crate) fn ahead(&self, direction: Direction) -> Vec<String> {
        let Some(carried) = self.carried() else { return Vec::new() };
        let of = match direction {
            Direction::Up => place(self.was.place()),
            Direction::Down => type_name(&self.before),
        };
        // Nothing is renamed yet.
        let olds = self.before.labels.iter().map(|label| label.name.as_ref());
        let olds: Vec<(&str, &str)> = carried.iter().copied().zip(olds).collect();
        let old = |name: &str| -> String {
            let found = olds.iter().find(|(now, _)| *now == name);
            found.map_or(name, |(_, old)| old).to_owned()
        };
        let additions = self.additions(&carried).into_iter();
        additions
            .map(|(label, place)| {
                let place = place.map(|(word, at)| format!(" {word} {}", string(&old(&at))));
                let place = place.unwrap_or_default();
                // It may have been run before, and the rest have failed.
                format!("ALTER TYPE {of} ADD VALUE IF NOT EXISTS {}{place}", string(&label))
            })
            .collect()
    }

    /// New labels, each with the one that it stands before or after, unless it is the last.
    fn additions(&self, carried: &[&str]) -> Vec<(String, Option<(&'static str, String)>)> {
        let mut there = carried.to_vec();
        let mut additions = Vec::new();
        for (at, label) in self.after.labels.iter().enumerate() {
            if there.contains(&&*label.name) {
                continue;
            }
            let (behind, place) = match at.checked_sub(1) {
                None => (0, there.first().map(|next| ("BEFORE", (*next).to_owned()))),
                Some(previous) => {
                    let previous = self.after.labels[previous].name.as_ref();
                    let at = there.iter().position(|it| *it == previous).map_or(0, |at| at + 1);
                    let last = at == there.len();
                    (at, (!last).then(|| ("AFTER", previous.to_owned())))
                }
            };
            additions.push((label.name.to_string(), place));
            there.insert(behind, &label.name);
        }
        additions
    }

    fn native(&self, carried: &[&str], added: bool) -> Vec<String> {
        let of = type_name(&self.after);
        let mut statements = self.label_renames(carried);
        let additions = self.additions(carried).into_iter().filter(|_| !added);
        statements.extend(additions.map(|(label, place)| {
            let place = place.map(|(word, at)| format!(" {word} {}", string(&at)));
            format!("ALTER TYPE {of} ADD VALUE {}{}", string(&label), place.unwrap_or_default())
        }));
        for it in &self.columns {
            if self.carried_default(&it.before) != it.after.default {
                let table = place(it.table.place());
                statements.push(format!("ALTER TABLE {table} {}", it.default_action()));
            }
        }
        statements
    }

    /// `RENAME VALUE`, a ring through a label that nobody has.
    fn label_renames(&self, carried: &[&str]) -> Vec<String> {
        let name = |name: &str| OwnPlace { schema: None, name: name.to_owned().into() };
        let pairs = self.before.labels.iter().zip(carried);
        let pairs = pairs.filter(|(label, now)| label.name != **now);
        let pairs = pairs.map(|(label, now)| (name(&label.name), name(now))).collect();
        let labels = self.before.labels.iter().chain(&self.after.labels[..]);
        let taken = labels.map(|label| name(&label.name)).collect();
        let of = type_name(&self.after);
        super::renames::in_turn(pairs, &taken)
            .into_iter()
            .map(|(from, to)| {
                let (from, to) = (string(&from.name), string(&to.name));
                format!("ALTER TYPE {of} RENAME VALUE {from} TO {to}")
            })
            .collect()
    }

    /// The default as it reads when its labels have been renamed with the type's.
    fn carried_default(&self, column: &Column) -> Option<Expr> {
        let default = column.default.clone()?;
        let label = diesel_autogen_schema::sql::literal_text(default.as_str());
        let now = label.and_then(|label| relabelled(&label, &self.before, &self.after));
        Some(now.map_or(default, |now| Expr::from(string(now))))
    }

    fn swap(&self) -> Vec<String> {
        let (old, new) = (&self.before, &self.after);
        let rules = |side: fn(&Held) -> &Rule| -> Vec<(OwnPlace, Rule)> {
            self.rules.iter().map(|it| (it.table.clone(), side(it).clone())).collect()
        };
        let mut statements = rules_sql::dropped(&rules(|it| &it.before));
        statements.extend(self.computed.iter().map(Holder::gone));
        statements.push(format!("ALTER TYPE {} RENAME TO {}", type_name(old), ident(&self.aside)));
        statements.push(create_type(new));
        let mut columns = self.columns.iter().peekable();
        while let Some(first) = columns.next() {
            let mut actions = first.swapped(old, new);
            while let Some(next) = columns.next_if(|it| it.table == first.table) {
                actions.extend(next.swapped(old, new));
            }
            statements.push(super::alter::alter_table(first.table.place(), &actions));
        }
        let aside = OwnPlace { schema: old.schema.clone(), name: self.aside.clone() };
        statements.push(format!("DROP TYPE {}", place(aside.place())));
        statements
            .extend(new.comment.as_ref().map(|text| comment(new.place(), &On::Type, Some(text))));
        statements.extend(self.computed.iter().flat_map(Holder::come));
        statements.extend(rules_sql::added(&rules(|it| &it.after)));
        statements
    }
}

impl Holder {
    fn invert(self) -> Holder {
        Holder { before: self.after, after: self.before, ..self }
    }

    /// Drops the column, which is computed.
    fn gone(&self) -> String {
        let drop = format!("DROP COLUMN {}", ident(&self.after.name));
        super::alter::alter_table(self.table.place(), &[drop])
    }

    /// Computes it again.
    fn come(&self) -> Vec<String> {
        let table = self.table.place();
        let add = format!("ADD COLUMN {}", column_def(table, &self.after));
        let mut statements = vec![super::alter::alter_table(table, &[add])];
        statements.extend(
            self.after
                .comment
                .as_ref()
                .map(|text| comment(table, &On::Column(self.after.name.clone()), Some(text))),
        );
        statements
    }

    fn default_action(&self) -> String {
        let column = ident(&self.after.name);
        match &self.after.default {
            Some(default) => {
                format!("ALTER COLUMN {column} SET DEFAULT {}", default_value(default.as_str()))
            }
            None => format!("ALTER COLUMN {column} DROP DEFAULT"),
        }
    }

    fn swapped(&self, old: &Enum, new: &Enum) -> Vec<String> {
        let column = ident(&self.after.name);
        let list = matches!(self.after.sql_type, SqlType::Pg(PgType::Array(_)));
        // What a person says of one column goes before what the labels say of all of them. The
        // expression may give a label of the old type or a text.
        let value = match &self.after.using {
            Some(using) => format!("({})::TEXT{}", using.as_str(), if list { "[]" } else { "" }),
            None => relabelled_value(&column, old, new, list),
        };
        let mut actions = Vec::new();
        if self.before.default.is_some() {
            actions.push(format!("ALTER COLUMN {column} DROP DEFAULT"));
        }
        actions.push(format!(
            "ALTER COLUMN {column} TYPE {0}{1} USING {value}::{0}{1}",
            type_name(new),
            if list { "[]" } else { "" }
        ));
        if self.after.default.is_some() {
            actions.push(self.default_action());
        }
        actions
    }
}

/// `CREATE TYPE`.
pub(crate) fn create_type(of: &Enum) -> String {
    let labels: Vec<String> = of.labels.iter().map(|label| string(&label.name)).collect();
    format!("CREATE TYPE {} AS ENUM ({})", type_name(of), labels.join(", "))
}

/// Labels as text, as they are called after.
pub(crate) fn relabelled_value(value: &str, from: &Enum, to: &Enum, list: bool) -> String {
    let renames = relabels(from, to);
    if list {
        return relabelled_list(value, renames);
    }
    if renames.is_empty() {
        return format!("{value}::TEXT");
    }
    let cases: Vec<String> = renames
        .iter()
        .map(|(old, new)| format!("WHEN {} THEN {}", string(old), string(new)))
        .collect();
    format!("(CASE {value}::TEXT {} ELSE {value}::TEXT END)", cases.join(" "))
}

/// The labels that are others after, both.
pub(crate) fn relabels<'l>(from: &'l Enum, to: &'l Enum) -> Vec<(&'l str, &'l str)> {
    let labels = from.labels.iter();
    let pairs = labels.filter_map(|it| Some((&*it.name, relabelled(&it.name, from, to)?)));
    pairs.filter(|(old, new)| old != new).collect()
}

/// The same of lists, whose elements can only be replaced one label after the other.
fn relabelled_list(value: &str, renames: Vec<(&str, &str)>) -> String {
    let name = |name: &str| OwnPlace { schema: None, name: name.to_owned().into() };
    let taken = renames.iter().flat_map(|(old, new)| [name(old), name(new)]).collect();
    let pairs = renames.iter().map(|(old, new)| (name(old), name(new))).collect();
    let mut value = format!("{value}::TEXT[]");
    for (old, new) in super::renames::in_turn(pairs, &taken) {
        value = format!("array_replace({value}, {}, {})", string(&old.name), string(&new.name));
    }
    value
}
