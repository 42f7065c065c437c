//! One column whose type changes: the other one that takes its place, and itself until it goes.

use diesel_autogen_schema::{
    Column, Dialect, Edit, Enum, Expr, Extra, Extras, ForeignKey, OwnPlace, Schema, SqlType, Table,
    TableChange, Text, names,
};

use crate::cost::is_volatile;
use crate::decide::{conversion, tightening};
use crate::dialect::is_rewritten;
use crate::dialect::postgres::labels::{carried, relabelled_value, relabels};
use crate::dialect::postgres::quote::{expr, ident};
use crate::dialect::postgres::types::{converted, spelled};

/// A column whose type changes so.
pub(super) struct Retyped {
    pub(super) table: OwnPlace,
    pub(super) before: Column,
    pub(super) after: Column,
}

impl Retyped {
    pub(super) fn of(change: &TableChange, before: &Column, after: &Column) -> Option<Retyped> {
        let TableChange { before: was, after: is, edits } = change;
        let retyped =
            Retyped { table: is.place().into(), before: before.clone(), after: after.clone() };
        let plain = |it: &Column| it.generated.is_none() && it.extras.is_empty();
        let both = [before, after].iter().all(|it| it.sql_type.enumeration().is_some());
        let lists = both && retyped.labels().is_none();
        let free = |name: &str| {
            name.len() <= names::MAX_BYTES
                && was.column(name).is_none()
                && is.column(name).is_none()
        };
        let computed = was.columns.iter().chain(&is.columns[..]).any(|it| {
            it.generated.as_ref().is_some_and(|it| it.expr.mentions(&after.name, Dialect::Postgres))
        });
        let retypes = !before.sql_type.same_facts(&after.sql_type);
        let by = after.using.as_ref().filter(|_| retypes);
        let apart = (is_rewritten(Dialect::Postgres, &before.sql_type, &after.sql_type)
            || by.is_some()
            || retyped.is_made_anew())
            && !lists
            && !(both && by.is_some())
            && by.iter().chain(&retyped.filler()).all(|it| is_of_the_row(it, was, is))
            && before.name == after.name
            && before.identity == after.identity
            && plain(before)
            && plain(after)
            && free(&retyped.next())
            && free(&retyped.last())
            && !computed
            && !edits.iter().any(|it| matches!(it, Edit::PrimaryKey { .. }));
        apart.then_some(retyped)
    }

    pub(super) fn is_referred_to_by(&self, key: &ForeignKey) -> bool {
        key.target() == self.table.place() && key.references.contains(&self.after.name)
    }

    /// What the column is called that will take the place.
    pub(super) fn next(&self) -> String {
        format!("{}_next", self.after.name)
    }

    /// What the column is called that had the place.
    pub(super) fn last(&self) -> String {
        format!("{}_last", self.before.name)
    }

    /// The column that will take the place.
    pub(super) fn coming(&self) -> Column {
        Column {
            name: self.next().into(),
            nullable: true,
            default: None,
            identity: None,
            comment: None,
            renamed_from: None,
            backfill: None,
            using: None,
            sql_type: self.coming_type(),
            extras: self.following(),
            ..self.after.clone()
        }
    }

    /// The column that had the place, until it goes.
    pub(super) fn going(&self) -> Column {
        Column {
            name: self.last().into(),
            nullable: true,
            default: None,
            identity: None,
            comment: None,
            renamed_from: Some(self.before.name.clone()),
            backfill: None,
            using: None,
            sql_type: self.going_type(),
            extras: self.followed(),
            ..self.before.clone()
        }
    }

    /// Both types, where they are of labels.
    pub(super) fn labels(&self) -> Option<(&Enum, &Enum)> {
        match (&self.before.sql_type, &self.after.sql_type) {
            (SqlType::Enum(before), SqlType::Enum(after)) => Some((before, after)),
            (_, _) => None,
        }
    }

    /// Whether both types are one, of which labels go or change their order: nothing but another
    /// one has them so.
    pub(super) fn is_made_anew(&self) -> bool {
        let is_other = |(before, after): (&Enum, &Enum)| {
            before.place() == after.place() && carried(before, after).is_none()
        };
        self.labels().is_some_and(is_other)
    }

    fn coming_type(&self) -> SqlType {
        self.aside(&self.after.sql_type, "next")
    }

    fn going_type(&self) -> SqlType {
        self.aside(&self.before.sql_type, "last")
    }

    /// The type under the name that it has beside the other one.
    fn aside(&self, of: &SqlType, word: &str) -> SqlType {
        match of {
            SqlType::Enum(of) if self.is_made_anew() => {
                SqlType::Enum(Enum { name: format!("{}_{word}", of.name).into(), ..of.clone() })
            }
            of => of.clone(),
        }
    }

    /// The types that are there beside the one that is made anew.
    pub(super) fn types_aside(&self) -> Vec<OwnPlace> {
        let types = [self.coming_type(), self.going_type()];
        let places = types.iter().filter_map(|it| it.enumeration()).map(|it| it.place().into());
        places.filter(|_| self.is_made_anew()).collect()
    }

    fn following(&self) -> Extras {
        let labels = self.labels().and_then(|(from, to)| self.relabelled(from, to));
        let said = self.after.using.is_some() || self.filler().is_some() || labels.is_some();
        self.follows(said.then(|| self.value().0))
    }

    fn followed(&self) -> Extras {
        let by = self.labels().and_then(|(to, from)| self.relabelled(from, to));
        self.follows(by.map(Into::into))
    }

    fn follows(&self, by: Option<Text>) -> Extras {
        let of = Extra::Follows(self.after.name.clone());
        std::iter::once(of).chain(by.map(Extra::FollowsBy)).collect::<Vec<_>>().into()
    }

    /// What a label of the one type is in the other, where it is called otherwise.
    fn relabelled(&self, from: &Enum, to: &Enum) -> Option<String> {
        let value = || relabelled_value(&ident(&self.after.name), from, to, false);
        (!relabels(from, to).is_empty()).then(value)
    }

    /// What takes the place of NULL.
    fn filler(&self) -> Option<&Expr> {
        tightening(&self.before, &self.after).filter(|_| self.is_tightened())
    }

    fn is_tightened(&self) -> bool {
        self.before.nullable && !self.after.nullable
    }

    /// Whether every value is one of the new type by itself.
    pub(super) fn fits(&self) -> bool {
        let types = (&self.before.sql_type, &self.after.sql_type);
        self.after.using.is_none() && conversion(Dialect::Postgres, types.0, types.1).fits()
    }

    /// What the rows that are there get in the column that will take the place.
    pub(super) fn value(&self) -> Expr {
        let name = ident(&self.before.name);
        let to = self.coming_type();
        let labels = self.labels().and_then(|(from, to)| self.relabelled(from, to));
        let plain = labels.or_else(|| converted(&name, &self.before.sql_type, &to));
        let using = self.after.using.as_ref().map(|it| it.as_str().to_owned());
        let value = using.or(plain).unwrap_or_else(|| name.clone());
        let Some(filler) = self.filler() else { return Expr(value.into()) };
        // A cast that is asked for would cut texts that are too long.
        let to = match to {
            SqlType::Text { .. } => "TEXT".to_owned(),
            of => spelled(&of),
        };
        Expr(format!("coalesce(({value})::{to}, {})", expr(filler.as_str())).into())
    }

    /// Turns a table in which the column took the place into one in which it is about to.
    pub(super) fn undo(&self, table: &mut Table) {
        let columns = table.columns.to_mut();
        columns.retain(|it| it.name != self.last());
        for column in columns.iter_mut().filter(|it| it.name == self.after.name) {
            *column = Column { renamed_from: None, ..self.before.clone() };
        }
        columns.push(Column { nullable: self.after.nullable, ..self.coming() });
    }

    /// Gives a table that has the new column alone the old one again, until that goes.
    pub(super) fn keep(&self, table: &mut Table) {
        let columns = table.columns.to_mut();
        columns.push(self.going());
        for column in columns.iter_mut().filter(|it| it.name == self.after.name) {
            column.renamed_from = Some(self.next().into());
            column.using = None;
        }
    }
}

/// Whether an expression says the same of a row whenever it is asked, from what is written to it.
fn is_of_the_row(expr: &Expr, before: &Table, after: &Table) -> bool {
    let computed = before.columns.iter().filter(|it| it.generated.is_some());
    let new = after.columns.iter().filter(|it| before.column(&it.name).is_none());
    !expr.as_str().to_ascii_lowercase().contains("select")
        && !is_volatile(expr.as_str())
        && !computed.chain(new).any(|it| expr.mentions(&it.name, Dialect::Postgres))
}

/// The foreign keys to the column.
pub(super) fn keys_to(schema: &Schema, it: &Retyped) -> Vec<(OwnPlace, ForeignKey)> {
    let keys = schema.tables.iter().flat_map(|table| {
        table.foreign_keys.iter().map(|key| (OwnPlace::from(table.place()), key.clone()))
    });
    keys.filter(|(_, key)| it.is_referred_to_by(key)).collect()
}

/// The foreign keys of the column itself.
pub(super) fn keys_from(table: &Table, it: &Retyped) -> Vec<(OwnPlace, ForeignKey)> {
    let keys = table.foreign_keys.iter().filter(|key| key.columns.contains(&it.after.name));
    keys.map(|key| (table.place().into(), key.clone())).collect()
}
