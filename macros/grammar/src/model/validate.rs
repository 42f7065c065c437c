//! What attributes mean together.

use diesel_autogen_schema::{Action, Dialect, Identity};
use proc_macro2::Span;
use syn::ext::IdentExt;

use super::add::integer;
use super::attributes::ColumnAttrs;
use super::build::Builder;
use super::on_struct::ModelAttrs;
use super::{ColumnItem, ModelItem};
use crate::attributes::At;
use crate::errors::Errors;
use crate::naming::plain;
use crate::rust_type::ColumnType;
use crate::{dialect, naming};

impl Builder {
    /// That a piece of SQL is one expression over columns of the table.
    pub(super) fn expression(&mut self, text: &str, what: &str, span: Span) {
        if text.is_empty() {
            self.errors.at(span, format_args!("{what} has an empty expression"));
            return;
        }
        if let Some(reason) = dialect::malformed(self.item.dialect, text) {
            self.errors.at(span, format_args!("{what} {reason}"));
            return;
        }
        let table = &self.item.table.sql_name;
        let columns: Vec<&str> =
            self.item.columns.iter().map(|it| it.facts.name.as_ref()).collect();
        for (name, hint) in dialect::strangers(self.item.dialect, text, table, &columns) {
            self.errors.at(
                span,
                format_args!("{what} names `{name}`, which is no column of `{table}`{hint}"),
            );
        }
    }
}

/// Checks the whole item.
pub(super) fn validate(
    item: &ModelItem,
    own: &[ColumnAttrs],
    attrs: &ModelAttrs,
    key_span: Option<Span>,
    errors: &mut Errors,
) {
    table(item, attrs, errors);
    let module = plain(&item.table.ident);
    for (at, (column, attrs)) in item.columns.iter().zip(own).enumerate() {
        names(item, &module, at, errors);
        key(item, column, attrs, key_span, errors);
        values(item.dialect, column, attrs, errors);
        generated(item, column, attrs, errors);
        reference(item, column, attrs, errors);
        types(item, column, attrs, errors);
    }
    for key in &attrs.foreign_keys {
        for At { span, value: act } in key.on_delete.iter().chain(&key.on_update) {
            let listed = if act.columns.is_empty() { &key.columns } else { &act.columns };
            let columns = item
                .columns
                .iter()
                .filter(|column| listed.iter().any(|listed| column.name == listed.name));
            for column in columns {
                sets(act.action, *span, column, errors);
            }
        }
    }
}

fn table(item: &ModelItem, attrs: &ModelAttrs, errors: &mut Errors) {
    let name = &item.table.sql_name;
    if let Some(kept) = dialect::kept_name(item.dialect, name) {
        errors.at(item.table.ident.span(), kept);
    }
    schema(item, errors);
    if let Some(renamed) = &attrs.renamed_from
        && renamed.value == *name
    {
        errors.at(renamed.span, format_args!("`{name}` is the name that the table has now"));
    }
    if item.table.ident.unraw() == "diesel" {
        errors.at(
            item.table.ident.span(),
            "a table called `diesel` hides the crate: call it `diesel_` with \
             `#[diesel(table_name = diesel_)]` and `#[model(sql_name = \"diesel\")]`",
        );
    }
    if item.columns.is_empty() {
        errors.at(item.ident.span(), "a table needs a column");
    }
}

/// That Diesel can write the name of the schema: `table!` takes an identifier, as it stands.
fn schema(item: &ModelItem, errors: &mut Errors) {
    let Some(name) = &item.table.schema else { return };
    let span = item.ident.span();
    if syn::parse_str::<syn::Ident>(name).is_err() {
        errors.at(span, format_args!("Diesel's `table!` cannot name the schema `{name}`"));
    } else if let Some(kept) = dialect::kept_name(item.dialect, name) {
        errors.at(span, kept);
    } else if name.starts_with("pg_") || name == "information_schema" {
        errors.at(span, format_args!("the schema `{name}` is the server's own"));
    }
}

fn names(item: &ModelItem, table: &str, at: usize, errors: &mut Errors) {
    let column = &item.columns[at];
    let name = &column.facts.name;
    let same = |other: &&ColumnItem| {
        dialect::same_name(item.dialect, &other.facts.name, name) || other.name == column.name
    };
    if let Some(first) = item.columns[..at].iter().find(same) {
        errors.at(
            column.span,
            format_args!("column `{name}` is declared twice, first as `{}`", first.name),
        );
    }
    if item.dialect != Dialect::Sqlite
        && let Some(kept) = dialect::kept_name(item.dialect, name)
    {
        errors.at(column.span, kept);
    }
    if column.field.is_none() {
        return;
    }
    if column.name == table {
        errors.at(
            column.span,
            format_args!(
                "Diesel allows no column called like its table: call it `{table}_` with \
                 `#[diesel(column_name = {table}_)]` and `#[column(sql_name = \"{name}\")]`"
            ),
        );
    }
    if naming::kept_by_diesel(&column.name) {
        let ident = &column.name;
        errors.at(
            column.span,
            format_args!(
                "Diesel's `table!` has something else called `{ident}`: call it `{ident}_` with \
                 `#[diesel(column_name = {ident}_)]` and `#[column(sql_name = \"{name}\")]`"
            ),
        );
    }
    if column.facts.renamed_from.as_ref() == Some(name) {
        errors.at(column.span, format_args!("`{name}` is the name that the column has now"));
    }
}

fn key(
    item: &ModelItem,
    column: &ColumnItem,
    attrs: &ColumnAttrs,
    key_span: Option<Span>,
    errors: &mut Errors,
) {
    let keys = &item.facts.primary_key;
    let is_key = keys.contains(&column.facts.name);
    let sole = is_key && keys.len() == 1;
    let name = &column.facts.name;
    if is_key && column.facts.nullable {
        let span = key_span.unwrap_or(column.span);
        errors
            .at(span, format_args!("`{name}` is in the primary key, so it cannot be an `Option`"));
    }
    if is_key && let Some(generated) = &attrs.generated {
        errors.at(generated.span, "a key cannot be computed");
    }
    if let Some(none) = &attrs.no_identity
        && !sole
    {
        errors.at(none.span, "only a primary key of one column is generated by the database");
    }
    if let Some(auto) = &attrs.autoincrement {
        let known = match &column.ty {
            ColumnType::Known(known) => Some(integer(known)),
            ColumnType::Own { .. } => Some(false),
            ColumnType::Named(_) => None,
            ColumnType::List { .. } => Some(false),
        };
        if !sole {
            errors.at(auto.span, "only a primary key of one column can be `autoincrement`");
        } else if known == Some(false) {
            errors.at(auto.span, "only an integer key can be `autoincrement`");
        }
        if attrs.no_identity.is_some() {
            errors.at(auto.span, "`autoincrement` and `identity = none` contradict each other");
        }
        if item.facts.without_rowid {
            errors.at(auto.span, "a table `without_rowid` has no `autoincrement`");
        }
        if attrs.references.is_some() {
            errors.at(auto.span, "a key that refers to another row cannot be `autoincrement`");
        }
    }
    if let Some(At { span, value: made }) = &attrs.made {
        let word = match made.identity {
            Identity::ByDefault | Identity::Always | Identity::Autoincrement => "identity",
            Identity::Serial => "serial",
        };
        asked_for(column, attrs, (*span, word), errors);
    }
    if column.facts.identity.is_some()
        && let Some(default) = &attrs.default
    {
        errors.at(
            default.span,
            format_args!(
                "`{name}` has no default: the database generates it unless `identity = none`"
            ),
        );
    }
}

/// That a column can be made up by the database where an attribute asks for it.
fn asked_for(
    column: &ColumnItem,
    attrs: &ColumnAttrs,
    (span, word): (Span, &str),
    errors: &mut Errors,
) {
    let name = &column.facts.name;
    if column.ty.named().is_none() && !integer(&column.facts.sql_type) {
        errors.at(span, format_args!("only an integer column can be `{word}`"));
    }
    if column.facts.nullable {
        errors.at(span, format_args!("`{name}` is never NULL when the database makes it up"));
    }
    if attrs.no_identity.is_some() {
        errors.at(span, format_args!("`{word}` and `identity = none` contradict each other"));
    }
    if let Some(generated) = &attrs.generated {
        errors.at(generated.span, "a value is computed or made up, not both");
    }
}

fn values(engine: Dialect, column: &ColumnItem, attrs: &ColumnAttrs, errors: &mut Errors) {
    let name = &column.facts.name;
    if let Some(default) = &attrs.default {
        let known = column.ty.named().is_none();
        let sql = default.value.as_str();
        if let Some(wrong) = dialect::wrong_default(engine, sql, &column.facts, known) {
            errors.at(default.span, format_args!("column `{name}` {wrong}"));
        }
    }
    for (what, sql) in [("backfill", &attrs.backfill), ("using", &attrs.using)] {
        if let Some(sql) = sql
            && let Some(reason) = dialect::malformed(engine, &sql.value)
        {
            errors.at(sql.span, format_args!("`{what}` {reason}"));
        }
    }
}

fn generated(item: &ModelItem, column: &ColumnItem, attrs: &ColumnAttrs, errors: &mut Errors) {
    let Some(generated) = &attrs.generated else { return };
    let name = &column.facts.name;
    if let Some(default) = &attrs.default {
        errors.at(default.span, "a generated column has no default");
    }
    if let Some(backfill) = &attrs.backfill {
        errors.at(backfill.span, "a generated column fills itself");
    }
    if let Some(reason) = dialect::malformed(item.dialect, &generated.value) {
        errors.at(generated.span, format_args!("the expression of `{name}` {reason}"));
        return;
    }
    let columns: Vec<&str> = item.columns.iter().map(|it| it.facts.name.as_ref()).collect();
    let table = &item.table.sql_name;
    for (stranger, hint) in dialect::strangers(item.dialect, &generated.value, table, &columns) {
        errors.at(
            generated.span,
            format_args!(
                "the expression of `{name}` names `{stranger}`, which is no column of \
                 `{table}`{hint}"
            ),
        );
    }
    let other = item.columns.iter().find(|other| {
        let computed = column.facts.generated.as_ref();
        let is_other = other.facts.name != *name && other.facts.generated.is_some();
        is_other && computed.is_some_and(|it| it.expr.mentions(&other.facts.name, item.dialect))
    });
    if item.dialect == Dialect::Postgres
        && let Some(other) = other
    {
        errors.at(
            generated.span,
            format_args!(
                "`{name}` cannot be computed from `{}`, which is computed itself",
                other.facts.name
            ),
        );
    }
    if column.facts.generated.as_ref().is_some_and(|it| it.expr.mentions(name, item.dialect)) {
        errors.at(generated.span, format_args!("`{name}` cannot be computed from itself"));
    }
}

fn reference(item: &ModelItem, column: &ColumnItem, attrs: &ColumnAttrs, errors: &mut Errors) {
    let Some(reference) = &attrs.references else {
        let lost = [
            attrs.on_delete.as_ref().map(|it| ("on_delete", it.span)),
            attrs.on_update.as_ref().map(|it| ("on_update", it.span)),
            attrs.deferrable.as_ref().map(|it| ("deferrable", it.span)),
        ];
        for (key, span) in lost.into_iter().flatten() {
            errors.at(span, format_args!("`{key}` needs `references = …`"));
        }
        return;
    };
    if reference.value.columns.len() != 1 {
        errors.at(
            reference.span,
            "one column references one: use `foreign_key(…)` on the struct for more",
        );
    }
    for At { span, value: act } in attrs.on_delete.iter().chain(&attrs.on_update) {
        sets(act.action, *span, column, errors);
    }
    // The referenced column may be this very column only when a row is its own parent.
    let own = reference.value.module().is_some_and(|it| it.unraw() == item.table.ident.unraw());
    if own
        && reference.value.table.segments.len() == 1
        && let [referenced] = &reference.value.columns[..]
    {
        let name = plain(referenced);
        let found = item.columns.iter().find(|it| it.name == name);
        match found {
            None => errors.at(
                referenced.span(),
                format_args!("`{referenced}` is no column of `{}`", item.table.sql_name),
            ),
            Some(found) if found.facts.name == column.facts.name => {
                errors.at(referenced.span(), "a column cannot reference itself");
            }
            Some(_) => {}
        }
    }
}

fn sets(action: Action, span: Span, column: &ColumnItem, errors: &mut Errors) {
    let name = &column.facts.name;
    match action {
        Action::SetNull if !column.facts.nullable => {
            errors.at(span, format_args!("`{name}` is required, so it cannot be set to NULL"));
        }
        Action::SetDefault if !column.facts.nullable && column.facts.default.is_none() => {
            errors.at(span, format_args!("`{name}` has no default to be set to"));
        }
        Action::SetNull
        | Action::SetDefault
        | Action::NoAction
        | Action::Restrict
        | Action::Cascade => {}
    }
}

fn types(item: &ModelItem, column: &ColumnItem, attrs: &ColumnAttrs, errors: &mut Errors) {
    if let Some(type_name) = &attrs.type_name
        && attrs.sql_type.is_none()
        && !matches!(column.ty, ColumnType::Own { .. })
    {
        errors.at(type_name.span, "`type_name` spells a `sql_type = …`, which is missing");
    }
    if let ColumnType::Own { path: _, facts } = &column.ty
        && item.facts.strict
        && !dialect::strict_type(&facts.sql)
    {
        errors.at(
            column.span,
            format_args!(
                "a `strict` table has no type `{}`: only INT, INTEGER, REAL, TEXT, BLOB and ANY",
                facts.sql
            ),
        );
    }
    let Some(collation) = &attrs.collation else { return };
    let engine = item.dialect;
    if column.ty.named().is_none() && !dialect::collates(engine, &column.facts.sql_type) {
        errors.at(collation.span, "only text has a collation");
    } else if let Some(hint) = dialect::misspelled_collation(engine, &collation.value) {
        errors
            .at(collation.span, format_args!("no collation is called `{}`{hint}", collation.value));
    }
}
