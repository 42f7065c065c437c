//! A model item, put together from its attributes.

use diesel_autogen_schema::{Dialect, Table, sql};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Ident};

use super::beside::Beside;
use super::column::{self, Declared};
use super::keys::Key;
use super::on_struct::ModelAttrs;
use super::table::{default_key, diesel_table, table_item};
use super::{ColumnItem, ModelItem, TableItem, validate};
use crate::attributes::{At, entries};
use crate::errors::{Errors, did_you_mean};
use crate::naming::{self, plain};
use crate::schema_file::SchemaFile;
use crate::spans::Spans;
use diesel_autogen_schema::drift::Fact;

pub(super) fn build(
    input: &DeriveInput,
    file: Option<&SchemaFile>,
    dialect: Dialect,
) -> Result<ModelItem, Vec<syn::Error>> {
    let mut errors = Errors::default();
    match read(input, file, dialect, &mut errors) {
        Some(item) => errors.finish(item),
        None => Err(errors.into_vec()),
    }
}

pub(super) fn sketch(
    input: &DeriveInput,
    file: Option<&SchemaFile>,
    dialect: Dialect,
) -> Option<ModelItem> {
    if !input.generics.params.is_empty() {
        return None;
    }
    let mut item = read(input, file, dialect, &mut Errors::default())?;
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

fn read(
    input: &DeriveInput,
    file: Option<&SchemaFile>,
    dialect: Dialect,
    errors: &mut Errors,
) -> Option<ModelItem> {
    let fields = named_fields(input, errors)?;
    let diesel = diesel_table(&input.attrs, dialect, errors);
    let written = entries(&input.attrs, "model", errors);
    let mut attrs = ModelAttrs::read(&written, dialect, errors);
    let sql_name = attrs.sql_name.take();
    let schema = attrs.schema.take();
    let mut table = table_item(&input.ident, diesel.path, schema.as_ref(), sql_name.as_ref());
    let beside = file.map(|file| {
        let given = (schema.as_ref(), sql_name.as_ref());
        Beside::find(file, dialect, &mut table, given, errors)
    });
    let beside = beside.as_ref();
    let hidden = std::mem::take(&mut attrs.hidden);
    let mut declared: Vec<Declared> = fields
        .named
        .iter()
        .filter_map(|field| column::of_field(field, beside, dialect, errors))
        .collect();
    declared.extend(hidden.into_iter().filter_map(|it| column::of_hidden(it, dialect, errors)));
    let (columns, own): (Vec<_>, Vec<_>) =
        declared.into_iter().map(|it| (it.item, it.attrs)).unzip();
    let mut builder = Builder::new(dialect, &input.ident, table, columns, std::mem::take(errors));
    let key_span = diesel.primary_key.as_ref().map(|key| key.span);
    builder.primary_key(diesel.primary_key, beside);
    for (at, attrs) in own.iter().enumerate() {
        builder.field_constraints(at, attrs);
    }
    builder.struct_facts(&attrs);
    builder.identities(&own);
    builder.texts_and_clocks(&own);
    builder.fits(&own, &attrs);
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
        dialect: Dialect,
        ident: &Ident,
        table: TableItem,
        mut columns: Vec<ColumnItem>,
        errors: Errors,
    ) -> Builder {
        let mut spans = Spans::new(ident.span());
        for column in &mut columns {
            if let Some(generated) = &mut column.facts.generated {
                generated.expr =
                    sql::unqualified(generated.expr.as_str(), &table.sql_name, dialect).into();
            }
            spans.insert(Fact::Column(column.facts.name.to_string()), column.span);
        }
        let schema = table.schema.clone().map(Into::into);
        let facts = Table { schema, ..Table::new(table.sql_name.clone().into()) };
        let (ident, foreign_keys) = (ident.clone(), Vec::new());
        Builder {
            item: ModelItem { dialect, ident, table, columns, foreign_keys, facts, spans },
            errors,
        }
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
    pub(super) fn named(&mut self, keys: &[Key], list: &str) -> Vec<String> {
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
}
