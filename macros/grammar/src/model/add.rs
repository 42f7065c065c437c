//! Adding constraints to an item, each under a name of its own.

use diesel_autogen_schema::{
    Check, Dialect, Exclusion, Expr, Extra, Identity, Index, IndexKey, Order, SqlType, Unique,
    names, sql,
};
use proc_macro2::Span;

use super::ForeignKeyItem;
use super::attributes::ColumnAttrs;
use super::build::Builder;
use super::keys::{CheckAttrs, IndexAttrs};
use crate::dialect::{kept_name, same_name};
use crate::rust_type::ColumnType;
use diesel_autogen_schema::drift::Fact;

impl Builder {
    /// Uniqueness rules and indexes are both indexes to the database: they share their names.
    fn index_name(&mut self, name: &str, token: Span) {
        let (dialect, facts) = (self.item.dialect, &self.item.facts);
        let same = |other: &str| same_name(dialect, other, name);
        let taken = facts.uniques.iter().any(|it| same(&it.name))
            || facts.indexes.iter().any(|it| same(&it.name))
            || facts.exclusions.iter().any(|it| same(&it.name));
        if taken {
            self.errors.at(
                token,
                format_args!("two indexes are called `{name}`: give one `name = \"…\"`"),
            );
        }
        if let Some(kept) = kept_name(dialect, name) {
            self.errors.at(token, kept);
        }
    }

    fn constraint_name(&mut self, name: &str, token: Span) {
        let (dialect, facts) = (self.item.dialect, &self.item.facts);
        let same = |other: &str| same_name(dialect, other, name);
        // Elsewhere a uniqueness rule is an index, which no check and no foreign key is.
        let rules = match dialect {
            Dialect::Sqlite | Dialect::Mysql => false,
            Dialect::Postgres => {
                facts.uniques.iter().any(|it| same(&it.name))
                    || facts.exclusions.iter().any(|it| same(&it.name))
            }
        };
        let taken = rules
            || facts.checks.iter().any(|it| same(&it.name))
            || self.item.foreign_keys.iter().any(|it| same(&it.name));
        if taken {
            self.errors.at(
                token,
                format_args!("two constraints are called `{name}`: give one `name = \"…\"`"),
            );
        }
        if dialect != Dialect::Sqlite
            && let Some(kept) = kept_name(dialect, name)
        {
            self.errors.at(token, kept);
        }
    }

    pub(super) fn push_unique(
        &mut self,
        name: String,
        columns: Vec<String>,
        attrs: &IndexAttrs,
        at: Span,
        token: Span,
    ) {
        self.index_name(&name, token);
        let unique = self.unique(name, columns, attrs, at);
        self.item.facts.uniques.to_mut().push(unique);
    }

    fn unique(
        &mut self,
        name: String,
        columns: Vec<String>,
        attrs: &IndexAttrs,
        at: Span,
    ) -> Unique {
        let extras = self.index_extras(attrs).into();
        self.item.spans.insert(Fact::Unique(name.clone()), at);
        let columns = columns.into_iter().map(Into::into).collect();
        Unique { name: name.into(), columns, extras }
    }

    pub(super) fn push_index(
        &mut self,
        name: String,
        keys: Vec<IndexKey>,
        attrs: &IndexAttrs,
        at: Span,
        token: Span,
    ) {
        self.index_name(&name, token);
        for key in keys.iter().filter(|key| !key.is_column) {
            self.expression(key.expr.as_str(), "the index", token);
        }
        if let Some(predicate) = &attrs.predicate {
            self.expression(&predicate.value, "the condition of the index", predicate.span);
        }
        self.index_fits(&keys, attrs, token);
        let plain =
            |key: &IndexKey| key.is_column && key.order == Order::Asc && key.extras.is_empty();
        // There, the one is the other.
        if self.item.dialect == Dialect::Mysql && attrs.unique && keys.iter().all(plain) {
            let columns = keys.iter().map(|key| key.expr.as_str().to_owned()).collect();
            let unique = self.unique(name, columns, attrs, at);
            self.item.facts.uniques.to_mut().push(unique);
            return;
        }
        let extras = self.index_extras(attrs).into();
        let predicate = attrs.predicate.as_ref().map(|it| self.bare(&it.value));
        self.item.spans.insert(Fact::Index(name.clone()), at);
        self.item.facts.indexes.to_mut().push(Index {
            name: name.into(),
            keys: keys.into(),
            unique: attrs.unique,
            predicate,
            extras,
        });
    }

    pub(super) fn push_exclusion(&mut self, exclusion: Exclusion, token: Span) {
        self.index_name(&exclusion.name, token);
        let at = self.item.ident.span();
        self.item.spans.insert(Fact::Exclusion(exclusion.name.to_string()), at);
        self.item.facts.exclusions.to_mut().push(exclusion);
    }

    /// An expression over columns of the table alone: their names are enough.
    pub(super) fn bare(&self, sql: &str) -> Expr {
        Expr::from(sql::unqualified(sql, &self.item.table.sql_name, self.item.dialect))
    }

    pub(super) fn push_check(
        &mut self,
        check: &CheckAttrs,
        column: Option<&str>,
        at: Span,
        token: Span,
    ) {
        let made = names::check(&self.item.table.sql_name, column);
        let name = check.name.as_ref().map_or(made, |name| name.value.clone());
        self.constraint_name(&name, token);
        self.expression(&check.expr.value, "the check", check.expr.span);
        self.item.spans.insert(Fact::Check(name.clone()), at);
        let expr = self.bare(&check.expr.value);
        let comment = check.comment.iter().map(|it| Extra::Comment(it.value.clone().into()));
        let extras = comment.collect::<Vec<_>>().into();
        self.item.facts.checks.to_mut().push(Check { name: name.into(), expr, extras });
    }

    pub(super) fn push_foreign_key(&mut self, item: ForeignKeyItem, at: Span, token: Span) {
        self.constraint_name(&item.name, token);
        self.item.spans.insert(Fact::ForeignKey(item.name.clone()), at);
        self.item.foreign_keys.push(item);
    }

    /// Which keys the database makes up.
    pub(super) fn identities(&mut self, own: &[ColumnAttrs]) {
        for (at, attrs) in own.iter().enumerate() {
            let wanted = match &attrs.made {
                Some(made) => Some(made.value.identity),
                None => self.made_by_rule(at, attrs),
            };
            let column = &mut self.item.columns[at];
            column.identity = wanted;
            if let ColumnType::Known(known) = &column.ty
                && integer(known)
            {
                column.facts.identity = wanted;
            }
            if let Some(made) = &attrs.made {
                column.facts.extras = made.value.extras.clone().into();
            }
        }
    }

    /// A key alone is made up unless something else gives it its value.
    fn made_by_rule(&self, at: usize, attrs: &ColumnAttrs) -> Option<Identity> {
        let [key] = &self.item.facts.primary_key[..] else { return None };
        if self.item.columns[at].facts.name != *key {
            return None;
        }
        let refers = self.item.foreign_keys.iter().any(|it| it.columns.iter().any(|c| c == key));
        if attrs.autoincrement.is_some() {
            Some(Identity::Autoincrement)
        } else if refers || attrs.no_identity.is_some() || self.item.facts.without_rowid {
            None
        } else {
            Some(Identity::ByDefault)
        }
    }
}

/// Whether a key of this type can be made up by the database.
pub(super) fn integer(ty: &SqlType) -> bool {
    ty.is_integer()
}
