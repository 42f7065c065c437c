//! Adding constraints to an item, each under a name of its own.

use diesel_autogen_schema::{
    Check, Expr, Extras, Identity, Index, IndexKey, Order, SqlType, Unique, names, sql,
};
use proc_macro2::Span;

use super::ForeignKeyItem;
use super::attributes::ColumnAttrs;
use super::build::Builder;
use super::keys::{CheckAttrs, IndexAttrs};
use crate::rust_type::ColumnType;
use diesel_autogen_schema::drift::Fact;

impl Builder {
    /// Uniqueness rules and indexes are both indexes to SQLite: they share their names.
    fn index_name(&mut self, name: &str, token: Span) {
        let facts = &self.item.facts;
        let taken = facts.uniques.iter().any(|it| it.name.eq_ignore_ascii_case(name))
            || facts.indexes.iter().any(|it| it.name.eq_ignore_ascii_case(name));
        if taken {
            self.errors.at(
                token,
                format_args!("two indexes are called `{name}`: give one `name = \"…\"`"),
            );
        }
        if name.to_ascii_lowercase().starts_with("sqlite_") {
            self.errors.at(token, format_args!("SQLite keeps the name `{name}` for itself"));
        }
    }

    fn constraint_name(&mut self, name: &str, token: Span) {
        let taken = self.item.facts.checks.iter().any(|it| it.name.eq_ignore_ascii_case(name))
            || self.item.foreign_keys.iter().any(|it| it.name.eq_ignore_ascii_case(name));
        if taken {
            self.errors.at(
                token,
                format_args!("two constraints are called `{name}`: give one `name = \"…\"`"),
            );
        }
    }

    pub(super) fn push_unique(
        &mut self,
        name: String,
        columns: Vec<String>,
        at: Span,
        token: Span,
    ) {
        self.index_name(&name, token);
        self.item.spans.insert(Fact::Unique(name.clone()), at);
        let columns = columns.into_iter().map(Into::into).collect();
        self.item.facts.uniques.to_mut().push(Unique {
            name: name.into(),
            columns,
            extras: Extras::NONE,
        });
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
        let predicate = attrs.predicate.as_ref().map(|it| self.bare(&it.value));
        self.item.spans.insert(Fact::Index(name.clone()), at);
        self.item.facts.indexes.to_mut().push(Index {
            name: name.into(),
            keys: keys.into(),
            unique: attrs.unique,
            predicate,
            extras: Extras::NONE,
        });
    }

    /// An expression over columns of the table alone: their names are enough.
    pub(super) fn bare(&self, sql: &str) -> Expr {
        Expr::from(sql::unqualified(sql, &self.item.table.sql_name))
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
        self.item.facts.checks.to_mut().push(Check {
            name: name.into(),
            expr,
            extras: Extras::NONE,
        });
    }

    pub(super) fn push_foreign_key(&mut self, item: ForeignKeyItem, at: Span, token: Span) {
        self.constraint_name(&item.name, token);
        self.item.spans.insert(Fact::ForeignKey(item.name.clone()), at);
        self.item.foreign_keys.push(item);
    }

    /// Which key the database makes up.
    pub(super) fn identities(&mut self, own: &[ColumnAttrs]) {
        let [key] = &self.item.facts.primary_key[..] else { return };
        let Some(at) = self.item.columns.iter().position(|it| it.facts.name == *key) else {
            return;
        };
        let attrs = &own[at];
        let refers = self.item.foreign_keys.iter().any(|it| it.columns.iter().any(|c| c == key));
        let wanted = if attrs.autoincrement.is_some() {
            Identity::Autoincrement
        } else if refers || attrs.no_identity.is_some() || self.item.facts.without_rowid {
            return;
        } else {
            Identity::ByDefault
        };
        let column = &mut self.item.columns[at];
        column.identity = Some(wanted);
        if let ColumnType::Known(known) = &column.ty
            && integer(known)
        {
            column.facts.identity = Some(wanted);
        }
    }
}

/// Whether a key of this type can be made up by the database.
pub(super) fn integer(ty: &SqlType) -> bool {
    matches!(ty, SqlType::SmallInt | SqlType::Integer | SqlType::BigInt)
}

/// The keys of an index, split at the commas outside parentheses, and their order.
pub(super) fn split_keys(on: &str) -> Vec<(String, Order)> {
    let mut keys = vec![Vec::new()];
    let mut depth = 0_i32;
    for token in sql::tokens(on) {
        match token.text {
            "(" => depth += 1,
            ")" => depth -= 1,
            "," if depth == 0 => {
                keys.push(Vec::new());
                continue;
            }
            _ => {}
        }
        if let Some(key) = keys.last_mut() {
            key.push(token);
        }
    }
    keys.into_iter()
        .map(|mut tokens| {
            let solid = |tokens: &Vec<sql::Token>| {
                tokens.iter().rposition(|token| token.kind != sql::Kind::Space)
            };
            let order = solid(&tokens).map(|at| (at, tokens[at].text.to_ascii_lowercase()));
            let order = match order {
                Some((at, word)) if at > 0 && (word == "asc" || word == "desc") => {
                    tokens.truncate(at);
                    if word == "desc" { Order::Desc } else { Order::Asc }
                }
                Some(_) | None => Order::Asc,
            };
            let text: String = tokens.iter().map(|token| token.text).collect();
            (text.trim().to_owned(), order)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_split_at_their_own_commas() {
        assert_eq!(
            split_keys("lower(email), coalesce(a, ',') DESC, \"x,y\" asc"),
            [
                ("lower(email)".to_owned(), Order::Asc),
                ("coalesce(a, ',')".to_owned(), Order::Desc),
                ("\"x,y\"".to_owned(), Order::Asc),
            ]
        );
        assert_eq!(split_keys("desc"), [("desc".to_owned(), Order::Asc)]);
    }
}
