use diesel_autogen_schema::{Enum, Label};
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Ident, Variant, Visibility};

use crate::attributes::{At, Entry, entries, once};
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
}

/// Reads the item that a `#[derive(DbEnum)]` stands on.
///
/// # Errors
/// Every mistake in it, each at its token.
pub fn db_enum(input: &DeriveInput) -> Result<EnumItem, Vec<syn::Error>> {
    let mut errors = Errors::default();
    let Data::Enum(data) = &input.data else {
        errors.at(input.ident.span(), "`DbEnum` is for enums; a newtype is `#[derive(DbType)]`");
        return Err(errors.into_vec());
    };
    public(&input.vis, &input.ident, &mut errors);
    if !input.generics.params.is_empty() {
        errors.at(input.generics.span(), "a database enum takes no parameters");
    }
    let attrs = EnumAttrs::read(&entries(&input.attrs, "db_enum", &mut errors), &mut errors);
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
    let labels = labels.into_iter().map(|(label, _)| label).collect();
    errors.finish(EnumItem {
        ident: input.ident.clone(),
        variants: data.variants.iter().map(|variant| variant.ident.clone()).collect(),
        facts: Enum::new(name, labels),
    })
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
}

impl EnumAttrs {
    fn read(entries: &[Entry], errors: &mut Errors) -> EnumAttrs {
        let mut attrs = EnumAttrs::default();
        for entry in entries {
            match entry.key.as_str() {
                "name" => once(&mut attrs.name, entry, entry.text(errors), errors),
                "rename_all" => once(&mut attrs.rename_all, entry, rule(entry, errors), errors),
                _ => entry.unknown(errors, "db_enum", &["name", "rename_all"]),
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
