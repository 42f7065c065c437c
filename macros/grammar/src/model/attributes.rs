//! `#[column(…)]` as written.

use diesel_autogen_schema::{Dialect, Expr, Extra, Identity, Storage};
use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Lit, Type};

use super::actions::{Act, action, deferrable, one_column};
use super::extras;
use super::keys::{self, CheckAttrs, IndexAttrs};
use super::reference::Reference;
use crate::attributes::{At, Entry, Value, once, split};
use crate::dialect;
use crate::errors::Errors;
use diesel_autogen_schema::Deferrable;

/// The attributes of a field, or of a hidden column.
#[derive(Default)]
pub(super) struct ColumnAttrs {
    pub(super) default: Option<At<Expr>>,
    pub(super) unique: Option<At<IndexAttrs>>,
    pub(super) index: Option<At<IndexAttrs>>,
    pub(super) references: Option<At<Reference>>,
    pub(super) on_delete: Option<At<Act>>,
    pub(super) on_update: Option<At<Act>>,
    pub(super) deferrable: Option<At<Deferrable>>,
    pub(super) no_join: Option<At<()>>,
    pub(super) checks: Vec<At<CheckAttrs>>,
    pub(super) max_length: Option<At<u32>>,
    pub(super) precision: Option<At<u32>>,
    pub(super) scale: Option<At<u32>>,
    pub(super) sql_type: Option<At<Type>>,
    pub(super) type_name: Option<At<String>>,
    pub(super) charset: Option<At<String>>,
    pub(super) collation: Option<At<String>>,
    pub(super) on_update_now: Option<At<()>>,
    pub(super) comment: Option<At<String>>,
    pub(super) renamed_from: Option<At<String>>,
    pub(super) generated: Option<At<String>>,
    pub(super) storage: Option<At<Storage>>,
    pub(super) no_identity: Option<At<()>>,
    pub(super) autoincrement: Option<At<()>>,
    pub(super) made: Option<At<Made>>,
    pub(super) backfill: Option<At<String>>,
    pub(super) using: Option<At<String>>,
    pub(super) sql_name: Option<At<String>>,
    /// Hidden columns only.
    pub(super) nullable: Option<At<()>>,
}

/// A key that the database makes up, as an attribute asks for it.
pub(super) struct Made {
    pub(super) identity: Identity,
    pub(super) extras: Vec<Extra>,
}

impl ColumnAttrs {
    /// Reads the entries; `hidden` columns have their name and nullability here.
    pub(super) fn read(
        entries: &[Entry],
        hidden: bool,
        dialect: Dialect,
        errors: &mut Errors,
    ) -> ColumnAttrs {
        let mut attrs = ColumnAttrs::default();
        for entry in entries {
            if dialect::COLUMN.refuse(entry, dialect, errors) {
                continue;
            }
            let read = attrs.fact(entry, errors)
                || attrs.made_up(entry, dialect, errors)
                || attrs.constraint(entry, dialect, errors)
                || attrs.naming(entry, hidden, errors);
            if read {
                continue;
            }
            let mut known = dialect::COLUMN.of(dialect);
            known.extend(if hidden { &["name", "nullable"][..] } else { &["sql_name"] });
            entry.unknown(errors, if hidden { "model(hidden" } else { "column" }, &known);
        }
        attrs
    }

    fn naming(&mut self, entry: &Entry, hidden: bool, errors: &mut Errors) -> bool {
        match (entry.key.as_str(), hidden) {
            ("sql_name", false) | ("name", true) => {
                once(&mut self.sql_name, entry, entry.text(errors), errors);
            }
            ("nullable", true) => {
                let flag = entry.flag(errors).then_some(());
                once(&mut self.nullable, entry, flag, errors);
            }
            _ => return false,
        }
        true
    }

    fn fact(&mut self, entry: &Entry, errors: &mut Errors) -> bool {
        match entry.key.as_str() {
            "default" => once(&mut self.default, entry, default(entry, errors), errors),
            "max_length" => once(&mut self.max_length, entry, entry.number(errors), errors),
            "precision" => once(&mut self.precision, entry, entry.number(errors), errors),
            "scale" => once(&mut self.scale, entry, entry.number(errors), errors),
            "sql_type" => {
                let parser = |input: ParseStream| input.parse::<Type>();
                let ty = entry.parse(errors, "diesel::sql_types::Timestamp", parser);
                once(&mut self.sql_type, entry, ty, errors);
            }
            "type_name" => once(&mut self.type_name, entry, entry.text(errors), errors),
            "charset" => once(&mut self.charset, entry, entry.text(errors), errors),
            "collation" => once(&mut self.collation, entry, entry.text(errors), errors),
            "on_update_now" => {
                let flag = entry.flag(errors).then_some(());
                once(&mut self.on_update_now, entry, flag, errors);
            }
            "comment" => once(&mut self.comment, entry, entry.text(errors), errors),
            "renamed_from" => once(&mut self.renamed_from, entry, entry.text(errors), errors),
            "generated" => once(&mut self.generated, entry, entry.text(errors), errors),
            "stored" | "virtual" => {
                let stored = entry.key == "stored";
                let storage = if stored { Storage::Stored } else { Storage::Virtual };
                let value = entry.flag(errors).then_some(storage);
                once(&mut self.storage, entry, value, errors);
            }
            "backfill" => once(&mut self.backfill, entry, entry.text(errors), errors),
            "using" => once(&mut self.using, entry, entry.text(errors), errors),
            _ => return false,
        }
        true
    }

    fn made_up(&mut self, entry: &Entry, dialect: Dialect, errors: &mut Errors) -> bool {
        match (entry.key.as_str(), dialect) {
            ("autoincrement", _) => {
                let flag = entry.flag(errors).then_some(());
                once(&mut self.autoincrement, entry, flag, errors);
            }
            ("identity", Dialect::Sqlite | Dialect::Mysql) => {
                once(&mut self.no_identity, entry, no_identity(entry, dialect, errors), errors);
            }
            ("identity", Dialect::Postgres) if is_none(entry) => {
                once(&mut self.no_identity, entry, Some(()), errors);
            }
            ("identity", Dialect::Postgres) => {
                once(&mut self.made, entry, identity(entry, errors), errors);
            }
            ("serial", _) => once(&mut self.made, entry, serial(entry, errors), errors),
            _ => return false,
        }
        true
    }

    fn constraint(&mut self, entry: &Entry, dialect: Dialect, errors: &mut Errors) -> bool {
        match entry.key.as_str() {
            "unique" => {
                let unique = keys::field_unique(entry, dialect, errors);
                once(&mut self.unique, entry, Some(unique), errors);
            }
            "index" => {
                let index = keys::field_index(entry, dialect, errors);
                once(&mut self.index, entry, Some(index), errors);
            }
            "references" => {
                let reference = entry.parse(errors, "teams::id", Reference::parse);
                once(&mut self.references, entry, reference, errors);
            }
            "no_join" => {
                let flag = entry.flag(errors).then_some(());
                once(&mut self.no_join, entry, flag, errors);
            }
            "on_delete" | "on_update" => {
                let slot = match entry.key.as_str() {
                    "on_delete" => &mut self.on_delete,
                    _ => &mut self.on_update,
                };
                let value = action(entry, dialect, errors);
                once(slot, entry, value.filter(|it| one_column(it, entry, errors)), errors);
            }
            "deferrable" => once(&mut self.deferrable, entry, deferrable(entry, errors), errors),
            "check" => self.checks.extend(
                keys::check(entry, dialect, errors).map(|value| At { span: entry.span, value }),
            ),
            _ => return false,
        }
        true
    }
}

/// `default = "SQL"`, or a number or truth value of Rust's.
fn default(entry: &Entry, errors: &mut Errors) -> Option<Expr> {
    let text = match entry.literal() {
        Some(Lit::Str(text)) => text,
        _ => {
            if let Value::Equals(tokens) = &entry.value
                && let Some(literal) = rust_literal(tokens.clone())
            {
                return Some(Expr::from(literal));
            }
            let parser = |input: ParseStream| input.parse::<syn::LitStr>();
            entry.parse(errors, "\"SQL\"` or `default = 0", parser)?
        }
    };
    if text.value().trim().is_empty() {
        errors.at(text.span(), "`default` is empty; empty text is `default = \"''\"`");
        return None;
    }
    Some(Expr::from(text.value()))
}

fn rust_literal(tokens: TokenStream) -> Option<String> {
    let parser = |input: ParseStream| {
        let minus = input.parse::<Option<syn::Token![-]>>()?;
        Ok((minus.is_some(), input.parse::<Lit>()?))
    };
    let (minus, literal) = syn::parse::Parser::parse2(parser, tokens).ok()?;
    let sign = if minus { "-" } else { "" };
    match literal {
        Lit::Int(int) => Some(format!("{sign}{}", int.base10_digits())),
        Lit::Float(float) => Some(format!("{sign}{}", float.base10_digits())),
        Lit::Bool(bool) if !minus => Some(if bool.value { "TRUE" } else { "FALSE" }.to_owned()),
        _ => None,
    }
}

/// `identity = none`, which is all that engines without sequences have of it.
fn no_identity(entry: &Entry, dialect: Dialect, errors: &mut Errors) -> Option<()> {
    let word = entry.word(errors, "none")?;
    match word.unraw().to_string().as_str() {
        "none" => Some(()),
        other => {
            errors.at(
                word.span(),
                format_args!(
                    "{dialect} has no `identity = {other}`: an integer key is generated unless \
                     `identity = none` says otherwise"
                ),
            );
            None
        }
    }
}

fn is_none(entry: &Entry) -> bool {
    matches!(&entry.value, Value::Equals(tokens) if tokens.to_string() == "none")
}

/// `identity = always`, or `identity(always, start = 1000)`.
fn identity(entry: &Entry, errors: &mut Errors) -> Option<Made> {
    let Value::List(list) = &entry.value else {
        let ways = [Some(Identity::Always), Some(Identity::ByDefault), None];
        let name = |way: Option<Identity>| way.map_or("none", Identity::name);
        let identity = entry.one_of(errors, &ways, name)??;
        return Some(Made { identity, extras: Vec::new() });
    };
    let mut made = Made { identity: Identity::ByDefault, extras: Vec::new() };
    for entry in split(list.clone(), errors) {
        match (entry.key.as_str(), &entry.value) {
            ("always", Value::Flag) => made.identity = Identity::Always,
            ("by_default", Value::Flag) => made.identity = Identity::ByDefault,
            _ => made.extras.extend(extras::sequence(
                &entry,
                "column(identity",
                &["always", "by_default"],
                errors,
            )),
        }
    }
    extras::twice(&made.extras, entry.span, errors);
    Some(made)
}

/// `serial`, or `serial(start = 1000)`.
fn serial(entry: &Entry, errors: &mut Errors) -> Option<Made> {
    let mut made = Made { identity: Identity::Serial, extras: Vec::new() };
    match &entry.value {
        Value::List(list) => {
            for entry in split(list.clone(), errors) {
                made.extras.extend(extras::sequence(&entry, "column(serial", &[], errors));
            }
        }
        Value::Flag | Value::Equals(_) | Value::Literal(_) => {
            if !entry.flag(errors) {
                return None;
            }
        }
    }
    extras::twice(&made.extras, entry.span, errors);
    Some(made)
}
