use diesel_autogen_schema::{Dialect, Enum, Label, PUBLIC, Text};
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Ident, Path, Variant, Visibility};

use crate::attributes::{At, Entry, entries, once};
use crate::dialect;
use crate::errors::Errors;
use crate::naming::{self, Rule};

/// An enum as one item declares it.
#[derive(Clone)]
pub struct EnumItem {
    /// The enum.
    pub ident: Ident,
    /// Its variants, in the order of the labels.
    pub variants: Vec<Ident>,
    /// Its facts.
    pub facts: Enum,
    /// The SQL type that a schema file has for it, when it has one of its own.
    pub sql_type: Option<Path>,
}

/// Reads the item that a `#[derive(DbEnum)]` stands on, for an engine.
///
/// # Errors
/// Every mistake in it, each at its token.
pub fn db_enum(input: &DeriveInput, dialect: Dialect) -> Result<EnumItem, Vec<syn::Error>> {
    let mut errors = Errors::default();
    let Data::Enum(data) = &input.data else {
        errors.at(input.ident.span(), "`DbEnum` is for enums; a newtype is `#[derive(DbType)]`");
        return Err(errors.into_vec());
    };
    public(&input.vis, &input.ident, &mut errors);
    if !input.generics.params.is_empty() {
        errors.at(input.generics.span(), "a database enum takes no parameters");
    }
    let entries = entries(&input.attrs, "db_enum", &mut errors);
    let attrs = EnumAttrs::read(&entries, dialect, &mut errors);
    if data.variants.is_empty() {
        errors.at(input.ident.span(), "an enum without variants has no values");
    }
    let rule = attrs.rename_all.map_or(Rule::Snake, |rule| rule.value);
    let labels: Vec<(Label, Span)> =
        data.variants.iter().map(|variant| label(variant, rule, &mut errors)).collect();
    for (at, (label, span)) in labels.iter().enumerate() {
        if labels[..at].iter().any(|(first, _)| first.name == label.name) {
            errors.at(*span, format_args!("label `{}` is there twice", label.name));
        }
    }
    let name = attrs.name.map(|name| name.value);
    let name = name.unwrap_or_else(|| naming::snake(&input.ident.unraw().to_string()));
    let span = input.ident.span();
    names(&name, &labels, (span, dialect), &mut errors);
    let labels = labels.into_iter().map(|(label, _)| label).collect();
    let value = |text: Option<At<String>>| text.map(|text| text.value.into());
    let schema = value(attrs.schema).filter(|schema: &Text| *schema != PUBLIC);
    let comment = value(attrs.comment);
    errors.finish(EnumItem {
        ident: input.ident.clone(),
        variants: data.variants.iter().map(|variant| variant.ident.clone()).collect(),
        facts: Enum { schema, comment, ..Enum::new(name, labels) },
        sql_type: attrs.sql_type.map(|path| path.value),
    })
}

/// That the engine can keep the names.
fn names(
    name: &str,
    labels: &[(Label, Span)],
    (span, dialect): (Span, Dialect),
    errors: &mut Errors,
) {
    // Elsewhere the names are text in a column.
    if dialect == Dialect::Sqlite {
        return;
    }
    for (label, span) in labels {
        if let Some(kept) = dialect::kept_label(dialect, &label.name) {
            errors.at(*span, kept);
        }
    }
    if let Some(kept) = dialect::kept_name(dialect, name) {
        errors.at(span, kept);
    }
}

/// That a type may be named in the public modules that `table!` makes.
pub(crate) fn public(vis: &Visibility, ident: &Ident, errors: &mut Errors) {
    if !matches!(vis, Visibility::Public(_)) {
        errors.at(
            ident.span(),
            format_args!("`{ident}` must be `pub`: Diesel's `table!` names it in a public module"),
        );
    }
}

#[derive(Default)]
struct EnumAttrs {
    name: Option<At<String>>,
    rename_all: Option<At<Rule>>,
    schema: Option<At<String>>,
    comment: Option<At<String>>,
    sql_type: Option<At<Path>>,
}

impl EnumAttrs {
    fn read(entries: &[Entry], dialect: Dialect, errors: &mut Errors) -> EnumAttrs {
        let mut attrs = EnumAttrs::default();
        for entry in entries {
            if dialect::ENUM.refuse(entry, dialect, errors) {
                continue;
            }
            match entry.key.as_str() {
                "name" => once(&mut attrs.name, entry, entry.text(errors), errors),
                "schema" => once(&mut attrs.schema, entry, entry.text(errors), errors),
                "comment" => once(&mut attrs.comment, entry, entry.text(errors), errors),
                "sql_type" => {
                    let parser = |input: ParseStream| input.call(Path::parse_mod_style);
                    let path = entry.parse(errors, "crate::schema::sql_types::Mood", parser);
                    once(&mut attrs.sql_type, entry, path, errors);
                }
                "rename_all" => once(&mut attrs.rename_all, entry, rule(entry, errors), errors),
                _ => dialect::ENUM.unknown(entry, dialect, errors),
            }
        }
        attrs
    }
}

fn rule(entry: &Entry, errors: &mut Errors) -> Option<Rule> {
    let text = entry.text(errors)?;
    let found = Rule::ALL.into_iter().find(|rule| rule.name() == text);
    if found.is_none() {
        let names = Rule::ALL.map(Rule::name).join("`, `");
        errors.at(entry.span, format_args!("`{text}` is none of `{names}`"));
    }
    found
}

fn label(variant: &Variant, rule: Rule, errors: &mut Errors) -> (Label, Span) {
    if !matches!(variant.fields, Fields::Unit) {
        errors.at(variant.ident.span(), "a database enum has variants without fields only");
    }
    let (mut rename, mut renamed_from) = (None, None);
    for entry in entries(&variant.attrs, "db_enum", errors) {
        match entry.key.as_str() {
            "rename" => once(&mut rename, &entry, entry.text(errors), errors),
            "renamed_from" => once(&mut renamed_from, &entry, entry.text(errors), errors),
            _ => entry.unknown(errors, "db_enum", &["rename", "renamed_from"]),
        }
    }
    let span = rename.as_ref().map_or(variant.ident.span(), |rename| rename.span);
    let made = || rule.apply(&variant.ident.unraw().to_string());
    let name = rename.map_or_else(made, |rename| rename.value);
    let renamed_from = renamed_from.map(|from| from.value.into());
    (Label { name: name.into(), renamed_from }, span)
}
