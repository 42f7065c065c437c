//! A model beside a schema file: what the file's `table!` says about its columns.

use diesel_autogen_schema::{Custom, Dialect, Order, PUBLIC, SqlType};
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Ident, Path, Type};

use super::TableItem;
use super::attributes::ColumnAttrs;
use super::keys::Key;
use crate::attributes::At;
use crate::dialect;
use crate::errors::{Errors, did_you_mean};
use crate::naming::plain;
use crate::rust_type::{self, Class, ColumnType, Mapped};
use crate::schema_file::{FileColumn, FileTable, FileType, SchemaFile};

/// The `table!` of a model: several when `cfg` chooses one of them, none when that was told.
pub(super) struct Beside<'a> {
    pub(super) dialect: Dialect,
    file: &'a str,
    table: String,
    tables: Vec<&'a FileTable>,
}

/// What the file says about a field's column.
pub(super) enum Described<'a> {
    /// Nothing, which was told.
    Told,
    /// This.
    As(&'a FileColumn),
}

impl<'a> Beside<'a> {
    /// Finds the table in the file, and its schema and SQL name unless the model gives them.
    pub(super) fn find(
        file: &'a SchemaFile,
        dialect: Dialect,
        model: &mut TableItem,
        (schema, sql_name): (Option<&At<String>>, Option<&At<String>>),
        errors: &mut Errors,
    ) -> Beside<'a> {
        let table = plain(&model.ident);
        let tables = candidates(file, &table, model.path.as_ref());
        let span = model.ident.span();
        if tables.is_empty() {
            let hint = did_you_mean(&table, file.tables.iter().map(|it| it.name.as_str()));
            let or = if hint.is_empty() { ": add it there" } else { "" };
            errors.at(span, format_args!("{} has no `table!` of `{table}`{hint}{or}", file.name));
        }
        let beside = Beside { dialect, file: &file.name, table, tables };
        let mut names = beside.tables.iter().map(|it| &it.sql_name);
        if let Some(name) = names.next() {
            let given = sql_name.map_or(name, |given| &given.value);
            if names.any(|other| other != name) {
                errors.at(span, beside.several("the table"));
            } else if given != name {
                let span = sql_name.map_or(span, |given| given.span);
                errors.at(span, format_args!("{} calls the table `{name}`", file.name));
            }
            model.sql_name.clone_from(name);
        }
        beside.schema(model, schema, errors);
        beside
    }

    /// Takes the schema over, which the model may say as well.
    fn schema(&self, model: &mut TableItem, given: Option<&At<String>>, errors: &mut Errors) {
        let mut schemas = self.tables.iter().map(|it| &it.schema);
        let Some(schema) = schemas.next() else { return };
        if schemas.any(|other| other != schema) {
            errors.at(model.ident.span(), self.several("the schema"));
        } else if let Some(given) = given
            && model.schema != *schema
        {
            let named = schema.as_deref().unwrap_or(PUBLIC);
            let file = self.file;
            errors.at(given.span, format_args!("{file} has the table in the schema `{named}`"));
        }
        model.schema.clone_from(schema);
    }

    /// What the file says about the column `ident` of a field with the type `ty`.
    pub(super) fn column(&self, ident: &Ident, ty: &Type, errors: &mut Errors) -> Described<'a> {
        let name = plain(ident);
        let columns = self.tables.iter().flat_map(|it| &it.columns);
        let mut found = columns.filter(|column| column.name == name);
        let Some(first) = found.next() else {
            if !self.tables.is_empty() {
                errors.at(ident.span(), self.missing(ident, ty));
            }
            return Described::Told;
        };
        if found.any(|other| other != first) {
            errors.at(ident.span(), self.several(&format!("column `{name}`")));
            return Described::Told;
        }
        Described::As(first)
    }

    fn missing(&self, ident: &Ident, ty: &Type) -> String {
        let Beside { dialect, file, table, tables } = self;
        let name = plain(ident);
        let columns = || tables.iter().flat_map(|it| &it.columns);
        let subject = format!("`{table}` in {file} has no column `{name}`");
        if let Some(called) = columns().find(|column| column.sql_name == name) {
            return format!(
                "{subject}: it is called `{}` there; say `#[diesel(column_name = {})]`",
                called.name, called.name
            );
        }
        let line = match rust_type::map(ty, *dialect) {
            Ok(Mapped { nullable, ty: ColumnType::Known(known), beside: _ }) => {
                format!("`{ident} -> {},`", written(known.diesel_name(), nullable))
            }
            Ok(_) | Err(_) => "it".to_owned(),
        };
        match did_you_mean(&name, columns().map(|column| column.name.as_str())) {
            hint if hint.is_empty() => format!("{subject}: add {line} there"),
            hint => format!("{subject}{hint} if it is new, add {line} there"),
        }
    }

    fn several(&self, what: &str) -> String {
        let Beside { dialect: _, file, table, tables: _ } = self;
        format!(
            "{file} has several `table!`s of `{table}` that differ in {what}: say which is meant \
             with `#[diesel(table_name = …)]`, or make them agree"
        )
    }

    /// The primary key, unless the model names it; none when there is no table.
    pub(super) fn primary_key(&self, span: Span) -> Vec<Key> {
        let key = self.tables.first().into_iter().flat_map(|table| &table.primary_key);
        key.map(|name| Key { name: name.clone(), span, order: Order::Asc, extras: Vec::new() })
            .collect()
    }

    /// The type of a column that the file describes.
    pub(super) fn map(
        &self,
        column: &FileColumn,
        ty: &Type,
        type_name: Option<&At<String>>,
        errors: &mut Errors,
    ) -> Option<Mapped> {
        let (nullable, class) = errors.keep(rust_type::classify(ty, self.dialect))?;
        if let (Some(sql), FileType::Known(_) | FileType::Unknown(_)) = (type_name, &column.ty) {
            let facts = Custom { name: last(&column.ty), sql: sql.value.clone().into() };
            let ty = ColumnType::Own { path: None, facts };
            return Some(Mapped { nullable, ty, beside: None });
        }
        let known = |ty: ColumnType| Mapped { nullable, ty, beside: None };
        let named = |path: Path, beside| Mapped {
            nullable,
            ty: ColumnType::Named(path),
            beside: Some(beside),
        };
        let unspelled = || self.unspelled(&column.name, &column.ty);
        match (class, &column.ty) {
            (Class::List(inner), FileType::List { of, holds_null }) => {
                let element =
                    FileColumn { ty: (**of).clone(), nullable: *holds_null, ..column.clone() };
                let mapped = self.map(&element, &inner, type_name, errors)?;
                self.agrees(&element, &inner, mapped.nullable, errors);
                let ty = ColumnType::List { of: Box::new(mapped.ty), holds_null: *holds_null };
                Some(Mapped { nullable, ty, beside: mapped.beside })
            }
            (Class::Closed(own), FileType::Known(file))
                if !dialect::also(self.dialect, &own, file) =>
            {
                errors.at(ty.span(), self.differs(&own, file));
                None
            }
            (Class::Named(path), file) => match file.column_type() {
                Some(file) => Some(named(path, Ok(file.facts(SqlType::TEXT)))),
                None => Some(named(path, Err(unspelled()))),
            },
            (Class::Open(Some(path)), FileType::Unknown(_)) => Some(named(path, Err(unspelled()))),
            (Class::Closed(_) | Class::Open(_) | Class::List(_), file) => {
                let found = file.column_type().map(known);
                if found.is_none() {
                    errors.at(ty.span(), unspelled());
                }
                found
            }
        }
    }

    /// That what the model says about a column does not contradict the file.
    pub(super) fn check(
        &self,
        column: &FileColumn,
        ty: &Type,
        mapped: &Mapped,
        attrs: &ColumnAttrs,
        errors: &mut Errors,
    ) {
        let (file, name) = (self.file, &column.name);
        let at = attrs.sql_type.as_ref().map_or(ty, |ty| &ty.value);
        self.agrees(column, at, mapped.nullable, errors);
        let at = at.span();
        if let (Some(_), ColumnType::Known(own), FileType::Known(other)) =
            (&attrs.sql_type, &mapped.ty, &column.ty)
            && own.diesel_name() != other.diesel_name()
        {
            errors.at(at, self.differs(own, other));
        }
        if let (Some(given), FileType::Known(SqlType::Text { max_length: Some(most) })) =
            (&attrs.max_length, &column.ty)
            && given.value != *most
        {
            errors.at(
                given.span,
                format_args!("`#[max_length = {most}]` stands at `{name}` in {file}"),
            );
        }
        if let Some(given) = &attrs.sql_name
            && given.value != column.sql_name
        {
            errors.at(
                given.span,
                format_args!(
                    "{file} calls the column `{}`: it has another SQL name there",
                    column.sql_name
                ),
            );
        }
    }

    /// That NULL is allowed, or is not, here and there.
    fn agrees(&self, column: &FileColumn, at: &Type, nullable: bool, errors: &mut Errors) {
        let (file, name) = (self.file, &column.name);
        match (nullable, column.nullable) {
            (true, false) => errors.at(
                at.span(),
                format_args!("`{name}` can be NULL here, and is required in {file}: one is wrong"),
            ),
            (false, true) => errors.at(
                at.span(),
                format_args!(
                    "`{name}` is `Nullable<…>` in {file}: make it an `Option<…>`, or change the \
                     file"
                ),
            ),
            (true, true) | (false, false) => {}
        }
    }

    fn differs(&self, own: &SqlType, file: &SqlType) -> String {
        format!(
            "this is `{}`, and `{}` in {}: change one of them",
            own.diesel_name(),
            file.diesel_name(),
            self.file
        )
    }

    fn unspelled(&self, column: &str, ty: &FileType) -> String {
        let ty = ty.shown();
        format!(
            "`{column}` is `{ty}` in {}, which is none of Diesel's types on {}: say how the \
             database spells it with `#[column(type_name = \"…\")]`",
            self.file, self.dialect
        )
    }
}

/// The tables of that name, by the modules that the path goes through where it does.
fn candidates<'a>(file: &'a SchemaFile, name: &str, path: Option<&Path>) -> Vec<&'a FileTable> {
    let named: Vec<&FileTable> = file.tables.iter().filter(|it| it.name == name).collect();
    let mut through: Vec<String> = Vec::new();
    if let Some(path) = path {
        through.extend(path.segments.iter().map(|it| plain(&it.ident)));
        through.pop();
        // An import may lead anywhere in the file.
        if through.is_empty() {
            return named;
        }
    }
    let fit = |table: &&&FileTable| through.ends_with(&table.modules);
    let most = named.iter().filter(fit).map(|table| table.modules.len()).max();
    match most {
        Some(most) => {
            named.iter().filter(fit).filter(|table| table.modules.len() == most).copied().collect()
        }
        None => named,
    }
}

fn last(ty: &FileType) -> diesel_autogen_schema::Text {
    match ty {
        FileType::Known(known) => known.diesel_name().to_owned().into(),
        FileType::List { .. } => "Array".into(),
        FileType::Unknown(path) => {
            let last = path.rsplit("::").next().unwrap_or(path);
            last.to_owned().into()
        }
    }
}

fn written(ty: &str, nullable: bool) -> String {
    if nullable { format!("Nullable<{ty}>") } else { ty.to_owned() }
}
