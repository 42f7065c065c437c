//! Rules and indexes of an item, from its fields and from the struct.

use diesel_autogen_schema::{
    Action, Deferrable, Excluded, Exclusion, Extra, Extras, IndexKey, Order, names, sql,
};

use super::ForeignKeyItem;
use super::actions::Act;
use super::attributes::ColumnAttrs;
use super::build::Builder;
use super::exclude::ExcludeAttrs;
use super::keys::{IndexAttrs, Key};
use super::on_struct::{ForeignKeyAttrs, ModelAttrs};
use super::suffix::{Written, split_keys};
use crate::attributes::At;
use crate::dialect::is_column;

impl Builder {
    pub(super) fn field_constraints(&mut self, at: usize, attrs: &ColumnAttrs) {
        let column = self.item.columns[at].facts.name.to_string();
        let table = self.item.table.sql_name.clone();
        let span = self.item.columns[at].span;
        let columns = vec![column.clone()];
        if let Some(unique) = &attrs.unique {
            let given = unique.value.name.as_ref().map(|name| name.value.clone());
            let name = given.unwrap_or_else(|| names::unique(&table, &columns));
            self.push_unique(name, columns.clone(), &unique.value, span, unique.span);
        }
        if let Some(index) = &attrs.index {
            let given = index.value.name.as_ref().map(|name| name.value.clone());
            let name = given.unwrap_or_else(|| names::index(&table, &columns));
            let (order, extras) = index.value.key.clone().unwrap_or((Order::Asc, Vec::new()));
            let key = IndexKey::column(column.clone().into());
            let key = IndexKey { order, extras: extras.into(), ..key };
            self.push_index(name, vec![key], &index.value, span, index.span);
        }
        for check in &attrs.checks {
            self.push_check(&check.value, Some(&column), span, check.span);
        }
        if let Some(reference) = &attrs.references {
            let name = names::foreign_key(&table, &columns);
            self.push_foreign_key(
                ForeignKeyItem {
                    name,
                    columns,
                    reference: reference.value.clone(),
                    on_delete: action(&attrs.on_delete),
                    on_update: action(&attrs.on_update),
                    deferrable: attrs.deferrable.as_ref().map_or(Deferrable::No, |it| it.value),
                    extras: Extras::NONE,
                    join: attrs.no_join.is_none(),
                },
                span,
                reference.span,
            );
        }
    }

    pub(super) fn struct_facts(&mut self, attrs: &ModelAttrs) {
        let text = |it: &Option<At<String>>| it.as_ref().map(|it| it.value.clone().into());
        self.item.facts.comment = text(&attrs.comment);
        self.item.facts.renamed_from = text(&attrs.renamed_from);
        self.item.facts.strict = attrs.strict.is_some();
        self.item.facts.without_rowid = attrs.without_rowid.is_some();
        let mut extras = attrs.with.as_ref().map_or(Vec::new(), |with| with.value.clone());
        extras.extend(self.kept_by(attrs));
        self.item.facts.extras = extras.into();
        for unique in &attrs.uniques {
            self.struct_unique(unique);
        }
        for index in &attrs.indexes {
            self.struct_index(index);
        }
        for exclude in &attrs.exclusions {
            self.struct_exclusion(exclude);
        }
        let span = self.item.ident.span();
        for check in &attrs.checks {
            self.push_check(&check.value, None, span, check.span);
        }
        for key in &attrs.foreign_keys {
            self.struct_foreign_key(key);
        }
    }

    fn struct_unique(&mut self, unique: &At<IndexAttrs>) {
        let columns = self.named(&unique.value.columns, "the uniqueness rule");
        if unique.value.columns.is_empty() && !unique.value.wrong {
            self.errors.at(unique.span, "a uniqueness rule needs columns: `unique(a, b)`");
        }
        let ordered = |key: &&Key| key.order == Order::Desc || !key.extras.is_empty();
        if let Some(key) = unique.value.columns.iter().find(ordered) {
            self.errors.at(key.span, "a uniqueness rule has no order: use `index(…, unique)`");
        }
        let given = unique.value.name.as_ref().map(|name| name.value.clone());
        let name = given.unwrap_or_else(|| names::unique(&self.item.table.sql_name, &columns));
        self.push_unique(name, columns, &unique.value, self.item.ident.span(), unique.span);
    }

    fn struct_index(&mut self, index: &At<IndexAttrs>) {
        let IndexAttrs { name, columns, on, .. } = &index.value;
        let keys: Vec<IndexKey> = match on {
            Some(on) if columns.is_empty() => self.index_keys(&on.value),
            Some(on) => {
                self.errors.at(on.span, "an index has `columns(…)` or `on = \"…\"`, not both");
                return;
            }
            None if columns.is_empty() => {
                if !index.value.wrong {
                    self.errors.at(index.span, "an index needs columns: `index(a, b)`");
                }
                return;
            }
            None => {
                let found = self.named(columns, "the index");
                let pairs = found.into_iter().zip(columns);
                pairs
                    .map(|(name, key)| IndexKey {
                        order: key.order,
                        extras: key.extras.clone().into(),
                        ..IndexKey::column(name.into())
                    })
                    .collect()
            }
        };
        let made = made_of(keys.iter());
        let made = names::index(&self.item.table.sql_name, &made);
        let name = name.as_ref().map_or(made, |name| name.value.clone());
        self.push_index(name, keys, &index.value, self.item.ident.span(), index.span);
    }

    /// The keys of `on = "lower(email), created_at desc"`.
    fn index_keys(&self, on: &str) -> Vec<IndexKey> {
        split_keys(self.bare(on).as_str(), self.item.dialect)
            .into_iter()
            .map(|Written { text, order, extras }| IndexKey {
                order,
                extras: extras.into(),
                ..self.key_of(&text)
            })
            .collect()
    }

    /// The key that a text means: the column of that name, or an expression.
    fn key_of(&self, text: &str) -> IndexKey {
        let tokens: Vec<_> = sql::tokens(text, self.item.dialect).collect();
        let column = match &tokens[..] {
            [only] => {
                let dialect = self.item.dialect;
                let mut columns = self.item.columns.iter();
                columns.find(|it| is_column(dialect, only, &it.facts.name))
            }
            _ => None,
        };
        match column {
            Some(column) => IndexKey::column(column.facts.name.clone()),
            None => IndexKey::expression(text.to_owned().into()),
        }
    }

    fn struct_exclusion(&mut self, exclude: &At<ExcludeAttrs>) {
        let ExcludeAttrs { name, elements, using, predicate, deferrable, with, comment } =
            &exclude.value;
        let elements: Vec<Excluded> = elements
            .iter()
            .map(|(key, operator)| {
                let column = self.item.columns.iter().find(|it| it.name == key.name);
                let of = match column {
                    Some(column) => IndexKey::column(column.facts.name.clone()),
                    None => self.key_of(self.bare(&key.name).as_str()),
                };
                if !of.is_column {
                    self.expression(of.expr.as_str(), "the exclusion", key.span);
                }
                let extras = key.extras.clone().into();
                let key = IndexKey { order: key.order, extras, ..of };
                Excluded { key, operator: operator.clone().into() }
            })
            .collect();
        let made = names::exclusion(
            &self.item.table.sql_name,
            &made_of(elements.iter().map(|element| &element.key)),
        );
        let name = name.as_ref().map_or(made, |name| name.value.clone());
        if let Some(predicate) = predicate {
            self.expression(&predicate.value, "the condition of the exclusion", predicate.span);
        }
        let mut extras: Vec<Extra> = using.iter().filter_map(super::methods::method).collect();
        extras.extend(super::methods::deferred(deferrable.as_ref()));
        extras.extend(with.iter().flat_map(|with| with.value.clone()));
        extras.extend(comment.iter().map(|it| Extra::Comment(it.value.clone().into())));
        let exclusion = Exclusion {
            name: name.into(),
            elements: elements.into(),
            predicate: predicate.as_ref().map(|it| self.bare(&it.value)),
            extras: extras.into(),
        };
        self.push_exclusion(exclusion, exclude.span);
    }

    fn struct_foreign_key(&mut self, key: &ForeignKeyAttrs) {
        let columns = self.named(&key.columns, "the foreign key");
        if key.columns.is_empty() {
            self.errors.at(key.span, "a foreign key needs `columns(…)`");
            return;
        }
        let made = names::foreign_key(&self.item.table.sql_name, &columns);
        let name = key.name.as_ref().map_or(made, |name| name.value.clone());
        if key.columns.len() != key.reference.value.columns.len() {
            self.errors.at(
                key.reference.span,
                format_args!(
                    "the foreign key has {} columns and references {}",
                    key.columns.len(),
                    key.reference.value.columns.len()
                ),
            );
        }
        let mut extras = Vec::new();
        if key.match_full {
            extras.push(Extra::MatchFull);
        }
        extras.extend(key.comment.iter().map(|it| Extra::Comment(it.value.clone().into())));
        if let Some(act) = &key.on_delete
            && !act.value.columns.is_empty()
        {
            let set = self.named(&act.value.columns, "the list of columns that are set");
            for (name, listed) in set.iter().zip(&act.value.columns) {
                if !columns.contains(name) {
                    self.errors
                        .at(listed.span, format_args!("`{name}` is no column of the foreign key"));
                }
            }
            extras.push(Extra::SetColumns(set.into_iter().map(Into::into).collect()));
        }
        let item = ForeignKeyItem {
            name,
            columns,
            reference: key.reference.value.clone(),
            on_delete: action(&key.on_delete),
            on_update: action(&key.on_update),
            deferrable: key.deferrable.as_ref().map_or(Deferrable::No, |it| it.value),
            extras: extras.into(),
            join: key.no_join.is_none(),
        };
        self.push_foreign_key(item, self.item.ident.span(), key.span);
    }
}

fn action(act: &Option<At<Act>>) -> Action {
    act.as_ref().map_or(Action::NoAction, |it| it.value.action)
}

/// What a made-up name has in place of each key.
fn made_of<'a>(keys: impl Iterator<Item = &'a IndexKey>) -> Vec<&'a str> {
    keys.map(|key| if key.is_column { key.expr.as_str() } else { "expr" }).collect()
}
