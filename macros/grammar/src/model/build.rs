//! A model item, put together from its attributes.

use diesel_autogen_schema::{Action, Deferrable, IndexKey, Order, Table, names, sql};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Ident};

use super::add::split_keys;
use super::attributes::{ColumnAttrs, ForeignKeyAttrs, ModelAttrs};
use super::beside::Beside;
use super::column::{self, Declared};
use super::keys::{IndexAttrs, Key};
use super::table::{default_key, diesel_table, table_item};
use super::{ColumnItem, ForeignKeyItem, ModelItem, TableItem, validate};
use crate::attributes::{At, entries};
use crate::errors::{Errors, did_you_mean};
use crate::naming::{self, plain};
use crate::schema_file::SchemaFile;
use crate::spans::Spans;
use diesel_autogen_schema::drift::Fact;

pub(super) fn build(
    input: &DeriveInput,
    file: Option<&SchemaFile>,
) -> Result<ModelItem, Vec<syn::Error>> {
    let mut errors = Errors::default();
    match read(input, file, &mut errors) {
        Some(item) => errors.finish(item),
        None => Err(errors.into_vec()),
    }
}

pub(super) fn sketch(input: &DeriveInput, file: Option<&SchemaFile>) -> Option<ModelItem> {
    if !input.generics.params.is_empty() {
        return None;
    }
    let mut item = read(input, file, &mut Errors::default())?;
    // Without the column, what is said of it would mean that other thing.
    let kept = |column: &ColumnItem| column.field.is_some() && naming::kept_by_diesel(&column.name);
    if item.columns.iter().any(kept) {
        return None;
    }
    let table = item.table.ident.unraw();
    let mut seen: Vec<String> = Vec::new();
    item.columns.retain(|column| {
        let name = &column.name;
        let first = table != *name && !seen.contains(name);
        seen.push(name.clone());
        first
    });
    if item.facts.primary_key.is_empty() {
        item.facts.primary_key = vec![item.columns.first()?.facts.name.clone()].into();
    }
    Some(item)
}

fn read(input: &DeriveInput, file: Option<&SchemaFile>, errors: &mut Errors) -> Option<ModelItem> {
    let fields = named_fields(input, errors)?;
    let diesel = diesel_table(&input.attrs, errors);
    let written = entries(&input.attrs, "model", errors);
    let mut attrs = ModelAttrs::read(&written, errors);
    let sql_name = attrs.sql_name.take();
    let mut table = table_item(&input.ident, diesel.path, sql_name.as_ref());
    let beside = file.map(|file| Beside::find(file, &mut table, sql_name.as_ref(), errors));
    let beside = beside.as_ref();
    let hidden = std::mem::take(&mut attrs.hidden);
    let mut declared: Vec<Declared> =
        fields.named.iter().filter_map(|field| column::of_field(field, beside, errors)).collect();
    declared.extend(hidden.into_iter().filter_map(|it| column::of_hidden(it, errors)));
    let (columns, own): (Vec<_>, Vec<_>) =
        declared.into_iter().map(|it| (it.item, it.attrs)).unzip();
    let mut builder = Builder::new(&input.ident, table, columns, std::mem::take(errors));
    let key_span = diesel.primary_key.as_ref().map(|key| key.span);
    builder.primary_key(diesel.primary_key, beside);
    for (at, attrs) in own.iter().enumerate() {
        builder.field_constraints(at, attrs);
    }
    builder.struct_facts(&attrs);
    builder.identities(&own);
    let Builder { item, errors: found } = builder;
    *errors = found;
    validate::validate(&item, &own, &attrs, key_span, errors);
    Some(item)
}

fn named_fields<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<&'a syn::FieldsNamed> {
    if !input.generics.params.is_empty() {
        errors.at(input.generics.span(), "a table has one shape: a model takes no parameters");
    }
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Some(fields),
            Fields::Unnamed(_) | Fields::Unit => {
                errors.at(input.ident.span(), "a model needs named fields: they name the columns");
                None
            }
        },
        Data::Enum(_) => {
            errors.at(
                input.ident.span(),
                "a model is a struct; an enum can be a column with `#[derive(DbEnum)]`",
            );
            None
        }
        Data::Union(_) => {
            errors.at(input.ident.span(), "a model is a struct");
            None
        }
    }
}

pub(super) struct Builder {
    pub(super) item: ModelItem,
    pub(super) errors: Errors,
}

impl Builder {
    fn new(
        ident: &Ident,
        table: TableItem,
        mut columns: Vec<ColumnItem>,
        errors: Errors,
    ) -> Builder {
        let mut spans = Spans::new(ident.span());
        for column in &mut columns {
            if let Some(generated) = &mut column.facts.generated {
                generated.expr = sql::unqualified(generated.expr.as_str(), &table.sql_name).into();
            }
            spans.insert(Fact::Column(column.facts.name.to_string()), column.span);
        }
        let facts = Table::new(table.sql_name.clone().into());
        let (ident, foreign_keys) = (ident.clone(), Vec::new());
        Builder { item: ModelItem { ident, table, columns, foreign_keys, facts, spans }, errors }
    }

    fn primary_key(&mut self, declared: Option<At<Vec<Key>>>, beside: Option<&Beside>) {
        let span = self.item.ident.span();
        let declared_at = declared.as_ref().map(|keys| keys.span);
        let declared = declared.map(|keys| keys.value);
        let keys = match declared.or_else(|| Some(beside?.primary_key(span))) {
            Some(keys) => keys,
            None => {
                let key = default_key(span);
                if !self.item.columns.iter().any(|column| column.name == "id") {
                    self.errors.at(
                        key.span,
                        "no primary key: call a field `id`, or name the key with \
                         `#[diesel(primary_key(…))]`",
                    );
                    return;
                }
                vec![key]
            }
        };
        if let Some(at) = declared_at
            && keys.is_empty()
        {
            self.errors.at(at, "the primary key has no column: `#[diesel(primary_key(id))]`");
        }
        let names = self.named(&keys, "the primary key");
        self.item.facts.primary_key = names.into_iter().map(Into::into).collect();
    }

    /// SQL names of the columns in a list.
    fn named(&mut self, keys: &[Key], list: &str) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for key in keys {
            let Some(name) = self.sql_name(key, list) else { continue };
            if names.contains(&name) {
                self.errors.at(key.span, format_args!("column `{}` is twice in {list}", key.name));
                continue;
            }
            names.push(name);
        }
        names
    }

    fn sql_name(&mut self, key: &Key, list: &str) -> Option<String> {
        let columns = &self.item.columns;
        if let Some(column) = columns.iter().find(|column| column.name == key.name) {
            return Some(column.facts.name.to_string());
        }
        let by_field = columns.iter().filter_map(|column| column.field.as_ref());
        let by_field = by_field.filter(|field| field.ident.unraw() == key.name);
        let hint = match by_field.map(|field| plain(&field.column)).next() {
            Some(column) => format!(": the column of that field is called `{column}`"),
            None => did_you_mean(&key.name, columns.iter().map(|column| column.name.as_str())),
        };
        let table = &self.item.table.sql_name;
        self.errors.at(
            key.span,
            format_args!("{list} names `{}`, which is no column of `{table}`{hint}", key.name),
        );
        None
    }

    fn field_constraints(&mut self, at: usize, attrs: &ColumnAttrs) {
        let column = self.item.columns[at].facts.name.to_string();
        let table = self.item.table.sql_name.clone();
        let span = self.item.columns[at].span;
        let columns = vec![column.clone()];
        if let Some(unique) = &attrs.unique {
            let given = unique.value.as_ref().map(|name| name.value.clone());
            let name = given.unwrap_or_else(|| names::unique(&table, &columns));
            self.push_unique(name, columns.clone(), span, unique.span);
        }
        if let Some(index) = &attrs.index {
            let given = index.value.name.as_ref().map(|name| name.value.clone());
            let name = given.unwrap_or_else(|| names::index(&table, &columns));
            let order = if index.value.desc { Order::Desc } else { Order::Asc };
            let key = IndexKey { order, ..IndexKey::column(column.clone().into()) };
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
                    on_delete: attrs.on_delete.as_ref().map_or(Action::NoAction, |it| it.value),
                    on_update: attrs.on_update.as_ref().map_or(Action::NoAction, |it| it.value),
                    deferrable: attrs.deferrable.as_ref().map_or(Deferrable::No, |it| it.value),
                    join: attrs.no_join.is_none(),
                },
                span,
                reference.span,
            );
        }
    }

    fn struct_facts(&mut self, attrs: &ModelAttrs) {
        let text = |it: &Option<At<String>>| it.as_ref().map(|it| it.value.clone().into());
        self.item.facts.comment = text(&attrs.comment);
        self.item.facts.renamed_from = text(&attrs.renamed_from);
        self.item.facts.strict = attrs.strict.is_some();
        self.item.facts.without_rowid = attrs.without_rowid.is_some();
        for unique in &attrs.uniques {
            self.struct_unique(unique);
        }
        for index in &attrs.indexes {
            self.struct_index(index);
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
        if let Some(key) = unique.value.columns.iter().find(|key| key.order == Order::Desc) {
            self.errors.at(key.span, "a uniqueness rule has no order: use `index(…, unique)`");
        }
        let given = unique.value.name.as_ref().map(|name| name.value.clone());
        let name = given.unwrap_or_else(|| names::unique(&self.item.table.sql_name, &columns));
        self.push_unique(name, columns, self.item.ident.span(), unique.span);
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
                let orders = columns.iter().map(|key| key.order);
                let pairs = found.into_iter().zip(orders);
                pairs
                    .map(|(name, order)| IndexKey { order, ..IndexKey::column(name.into()) })
                    .collect()
            }
        };
        let made = keys.iter().map(|key| if key.is_column { key.expr.as_str() } else { "expr" });
        let made = names::index(&self.item.table.sql_name, &made.collect::<Vec<_>>());
        let name = name.as_ref().map_or(made, |name| name.value.clone());
        self.push_index(name, keys, &index.value, self.item.ident.span(), index.span);
    }

    /// The keys of `on = "lower(email), created_at desc"`.
    fn index_keys(&self, on: &str) -> Vec<IndexKey> {
        split_keys(self.bare(on).as_str())
            .into_iter()
            .map(|(text, order)| {
                let tokens: Vec<_> = sql::tokens(&text).collect();
                let column = match &tokens[..] {
                    [only] => self.item.columns.iter().find(|it| only.is_name(&it.facts.name)),
                    _ => None,
                };
                match column {
                    Some(column) => {
                        IndexKey { order, ..IndexKey::column(column.facts.name.clone()) }
                    }
                    None => IndexKey { order, ..IndexKey::expression(text.into()) },
                }
            })
            .collect()
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
        let item = ForeignKeyItem {
            name,
            columns,
            reference: key.reference.value.clone(),
            on_delete: key.on_delete.as_ref().map_or(Action::NoAction, |it| it.value),
            on_update: key.on_update.as_ref().map_or(Action::NoAction, |it| it.value),
            deferrable: key.deferrable.as_ref().map_or(Deferrable::No, |it| it.value),
            join: key.no_join.is_none(),
        };
        self.push_foreign_key(item, self.item.ident.span(), key.span);
    }
}
