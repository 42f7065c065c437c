//! One column, from its field or from `hidden(…)`.

use diesel_autogen_schema::{Column, Custom, Dialect, Expr, Generated, SqlType};
use proc_macro2::Span;

use super::attributes::ColumnAttrs;
use super::beside::{Beside, Described};
use super::sizes::{Sizes, sized};
use super::table::{DieselField, diesel_field};
use super::{ColumnItem, Field};
use crate::attributes::{At, entries};
use crate::dialect::has_time_digits;
use crate::errors::Errors;
use crate::naming::plain;
use crate::rust_type::{self, ColumnType, Mapped};

/// A column and what its attributes say about the rest of the table.
pub(super) struct Declared {
    pub(super) item: ColumnItem,
    pub(super) attrs: ColumnAttrs,
}

/// The column of a field, or nothing when its type is not known.
pub(super) fn of_field(
    field: &syn::Field,
    beside: Option<&Beside>,
    dialect: Dialect,
    errors: &mut Errors,
) -> Option<Declared> {
    let ident = field.ident.clone()?;
    let entries = entries(&field.attrs, "column", errors);
    let mut attrs = ColumnAttrs::read(&entries, false, dialect, errors);
    let DieselField { column_name, sql_type, reads, writes, no_column } =
        diesel_field(&field.attrs, errors);
    if attrs.sql_type.is_none() {
        attrs.sql_type = sql_type;
    }
    let column = column_name.map_or_else(|| ident.clone(), |name| name.value);
    let reads = reads.as_ref().map_or(&field.ty, |ty| &ty.value);
    let writes = writes.as_ref().map_or(&field.ty, |ty| &ty.value);
    let mapped = match beside {
        _ if no_column => None,
        Some(beside) => beside_file(beside, &column, reads, &mut attrs, errors),
        None => errors.keep(map(reads, &attrs, dialect)),
    };
    let mapped = mapped.unwrap_or_else(|| unknown(reads, &mut attrs));
    let names = Names { rust: plain(&column), span: ident.span() };
    let inner = |ty| rust_type::ungrouped(rust_type::option(ty).unwrap_or(ty)).clone();
    let field = Field { ident, column, reads: inner(reads), writes: inner(writes) };
    Some(declare(names, Some(field), mapped, attrs, dialect, errors))
}

fn map(reads: &syn::Type, attrs: &ColumnAttrs, dialect: Dialect) -> syn::Result<Mapped> {
    let type_name = attrs.type_name.as_ref().map(|name| name.value.as_str());
    match &attrs.sql_type {
        Some(ty) => rust_type::declared(&ty.value, type_name, dialect).map(|declared| Mapped {
            nullable: declared.nullable || rust_type::option(reads).is_some(),
            ..declared
        }),
        None => rust_type::map(reads, dialect),
    }
}

/// The type of a column that stands in a schema file, whose SQL name is taken from there too.
fn beside_file(
    beside: &Beside,
    column: &syn::Ident,
    reads: &syn::Type,
    attrs: &mut ColumnAttrs,
    errors: &mut Errors,
) -> Option<Mapped> {
    let Described::As(filed) = beside.column(column, reads, errors) else { return None };
    let mapped = match &attrs.sql_type {
        Some(_) => errors.keep(map(reads, attrs, beside.dialect)),
        None => beside.map(filed, reads, attrs.type_name.as_ref(), errors),
    };
    if let Some(mapped) = &mapped {
        beside.check(filed, reads, mapped, attrs, errors);
    }
    attrs.sql_name = Some(At { span: column.span(), value: filed.sql_name.clone() });
    mapped
}

/// What stands for a type that is a mistake: nothing more is found wrong with it.
fn unknown(ty: &syn::Type, attrs: &mut ColumnAttrs) -> Mapped {
    attrs.max_length = None;
    attrs.precision = None;
    attrs.scale = None;
    let facts = Custom { name: "Text".into(), sql: "TEXT".into() };
    let path = syn::parse_quote!(::diesel::sql_types::Text);
    let nullable = rust_type::option(ty).is_some();
    Mapped { nullable, ty: ColumnType::Own { path: Some(path), facts }, beside: None }
}

/// The column of a `hidden(…)`.
pub(super) fn of_hidden(
    hidden: At<ColumnAttrs>,
    dialect: Dialect,
    errors: &mut Errors,
) -> Option<Declared> {
    let At { span, value: attrs } = hidden;
    let (Some(name), Some(ty)) = (&attrs.sql_name, &attrs.sql_type) else {
        errors.at(
            span,
            "a hidden column needs its name and type: `hidden(name = \"…\", sql_type = Text)`",
        );
        return None;
    };
    let type_name = attrs.type_name.as_ref().map(|name| name.value.as_str());
    let declared = errors.keep(rust_type::declared(&ty.value, type_name, dialect))?;
    let mapped = Mapped { nullable: declared.nullable || attrs.nullable.is_some(), ..declared };
    if !mapped.nullable
        && attrs.default.is_none()
        && attrs.generated.is_none()
        && attrs.made.is_none()
    {
        errors.at(
            span,
            format_args!(
                "no insert fills the hidden column `{}`: it needs `nullable`, `default = \"…\"` \
                 or `generated = \"…\"`",
                name.value
            ),
        );
    }
    let names = Names { rust: name.value.clone(), span: name.span };
    Some(declare(names, None, mapped, attrs, dialect, errors))
}

/// Name of a column in Rust and its token.
struct Names {
    rust: String,
    span: Span,
}

fn declare(
    Names { rust: name, span }: Names,
    field: Option<Field>,
    mapped: Mapped,
    attrs: ColumnAttrs,
    dialect: Dialect,
    errors: &mut Errors,
) -> Declared {
    let sizes = Sizes {
        max_length: attrs.max_length.as_ref().map(|it| it.value),
        precision: attrs.precision.as_ref().map(|it| it.value),
        scale: attrs.scale.as_ref().map(|it| it.value),
    };
    check_sizes(&attrs, dialect, errors);
    let mut ty = mapped.ty;
    let wrong = match ty.innermost() {
        ColumnType::Known(known) => {
            sized(known.clone(), sizes, dialect).map(|sized| *known = sized).err()
        }
        ColumnType::Own { path: _, facts } => {
            sized(SqlType::Custom(facts.clone()), sizes, dialect).err()
        }
        ColumnType::Named(_) | ColumnType::List { .. } => None,
    };
    if let Some(message) = wrong {
        errors.at(size_span(&attrs).unwrap_or(span), message);
    }
    let sql_type = ty.facts(SqlType::TEXT);
    let text = |it: &Option<At<String>>| it.as_ref().map(|it| it.value.clone().into());
    let sql = |it: &Option<At<String>>| it.as_ref().map(|it| Expr::from(it.value.clone()));
    let sql_name = attrs.sql_name.as_ref().map_or(&name, |given| &given.value).clone();
    let facts = Column {
        nullable: mapped.nullable,
        // `NULL` is what a column without a default gets.
        default: attrs.default.as_ref().map(|it| it.value.clone()).filter(|it| !is_null(it)),
        generated: generated(&attrs, errors),
        collation: text(&attrs.collation),
        comment: text(&attrs.comment),
        renamed_from: text(&attrs.renamed_from),
        backfill: sql(&attrs.backfill),
        using: sql(&attrs.using),
        ..Column::new(sql_name.into(), sql_type)
    };
    let (beside, identity) = (mapped.beside, None);
    let item = ColumnItem { name, field, ty, beside, facts, identity, sizes, span };
    Declared { item, attrs }
}

fn is_null(default: &Expr) -> bool {
    *default == Expr::from("NULL")
}

fn generated(attrs: &ColumnAttrs, errors: &mut Errors) -> Option<Generated> {
    match (&attrs.generated, &attrs.storage) {
        (Some(expr), Some(storage)) => {
            Some(Generated { expr: Expr::from(expr.value.clone()), storage: storage.value })
        }
        (Some(expr), None) => {
            errors.at(expr.span, "a generated column is `stored` or `virtual`: say which");
            None
        }
        (None, Some(storage)) => {
            errors.at(storage.span, "only a generated column is `stored` or `virtual`");
            None
        }
        (None, None) => None,
    }
}

fn size_span(attrs: &ColumnAttrs) -> Option<Span> {
    [&attrs.max_length, &attrs.precision, &attrs.scale]
        .into_iter()
        .flatten()
        .map(|it| it.span)
        .next()
}

fn check_sizes(attrs: &ColumnAttrs, dialect: Dialect, errors: &mut Errors) {
    // A second may have no digits behind it.
    let digits = attrs.precision.as_ref().filter(|_| !has_time_digits(dialect));
    for size in attrs.max_length.iter().chain(digits) {
        if size.value == 0 {
            errors.at(size.span, "nothing fits into 0 characters or digits");
        }
    }
    match (&attrs.precision, &attrs.scale) {
        (None, Some(scale)) => errors.at(scale.span, "`scale` needs `precision`"),
        (Some(precision), Some(scale)) if scale.value > precision.value => errors.at(
            scale.span,
            format_args!(
                "{} digits after the point are more than {}",
                scale.value, precision.value
            ),
        ),
        _ => {}
    }
}
