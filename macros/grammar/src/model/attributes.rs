//! `#[column(…)]` and `#[model(…)]` as written.

use diesel_autogen_schema::{Action, Deferrable, Expr, Storage};
use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Lit, Type};

use super::keys::{self, CheckAttrs, IndexAttrs, Key};
use super::reference::Reference;
use crate::attributes::{At, Entry, Value, once, split};
use crate::errors::Errors;
use crate::sqlite;

/// The attributes of a field, or of a hidden column.
#[derive(Default)]
pub(super) struct ColumnAttrs {
    pub(super) default: Option<At<Expr>>,
    pub(super) unique: Option<At<Option<At<String>>>>,
    pub(super) index: Option<At<IndexAttrs>>,
    pub(super) references: Option<At<Reference>>,
    pub(super) on_delete: Option<At<Action>>,
    pub(super) on_update: Option<At<Action>>,
    pub(super) deferrable: Option<At<Deferrable>>,
    pub(super) no_join: Option<At<()>>,
    pub(super) checks: Vec<At<CheckAttrs>>,
    pub(super) max_length: Option<At<u32>>,
    pub(super) precision: Option<At<u32>>,
    pub(super) scale: Option<At<u32>>,
    pub(super) sql_type: Option<At<Type>>,
    pub(super) type_name: Option<At<String>>,
    pub(super) collation: Option<At<String>>,
    pub(super) comment: Option<At<String>>,
    pub(super) renamed_from: Option<At<String>>,
    pub(super) generated: Option<At<String>>,
    pub(super) storage: Option<At<Storage>>,
    pub(super) no_identity: Option<At<()>>,
    pub(super) autoincrement: Option<At<()>>,
    pub(super) backfill: Option<At<String>>,
    pub(super) using: Option<At<String>>,
    pub(super) sql_name: Option<At<String>>,
    /// Hidden columns only.
    pub(super) nullable: Option<At<()>>,
}

/// What `#[column(…)]` knows.
pub(super) const COLUMN_KEYS: [&str; 24] = [
    "default",
    "unique",
    "index",
    "references",
    "no_join",
    "on_delete",
    "on_update",
    "deferrable",
    "check",
    "max_length",
    "precision",
    "scale",
    "sql_type",
    "type_name",
    "collation",
    "comment",
    "renamed_from",
    "generated",
    "stored",
    "virtual",
    "identity",
    "autoincrement",
    "backfill",
    "using",
];

impl ColumnAttrs {
    /// Reads the entries; `hidden` columns have their name and nullability here.
    pub(super) fn read(entries: &[Entry], hidden: bool, errors: &mut Errors) -> ColumnAttrs {
        let mut attrs = ColumnAttrs::default();
        for entry in entries {
            let read = attrs.fact(entry, errors)
                || attrs.constraint(entry, errors)
                || attrs.naming(entry, hidden, errors);
            if read {
                continue;
            }
            if sqlite::FOREIGN_COLUMN_KEYS.contains(&entry.key.as_str()) {
                errors.at(entry.span, format_args!("SQLite has no `{}`", entry.key));
                continue;
            }
            let mut known = COLUMN_KEYS.to_vec();
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
            "collation" => once(&mut self.collation, entry, entry.text(errors), errors),
            "comment" => once(&mut self.comment, entry, entry.text(errors), errors),
            "renamed_from" => once(&mut self.renamed_from, entry, entry.text(errors), errors),
            "generated" => once(&mut self.generated, entry, entry.text(errors), errors),
            "stored" | "virtual" => {
                let stored = entry.key == "stored";
                let storage = if stored { Storage::Stored } else { Storage::Virtual };
                let value = entry.flag(errors).then_some(storage);
                once(&mut self.storage, entry, value, errors);
            }
            "identity" => once(&mut self.no_identity, entry, identity(entry, errors), errors),
            "autoincrement" => {
                let flag = entry.flag(errors).then_some(());
                once(&mut self.autoincrement, entry, flag, errors);
            }
            "backfill" => once(&mut self.backfill, entry, entry.text(errors), errors),
            "using" => once(&mut self.using, entry, entry.text(errors), errors),
            _ => return false,
        }
        true
    }

    fn constraint(&mut self, entry: &Entry, errors: &mut Errors) -> bool {
        match entry.key.as_str() {
            "unique" => {
                let name = keys::field_unique(entry, errors);
                once(&mut self.unique, entry, Some(name), errors);
            }
            "index" => {
                let index = keys::field_index(entry, errors);
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
            "on_delete" => once(&mut self.on_delete, entry, action(entry, errors), errors),
            "on_update" => once(&mut self.on_update, entry, action(entry, errors), errors),
            "deferrable" => once(&mut self.deferrable, entry, deferrable(entry, errors), errors),
            "check" => self
                .checks
                .extend(keys::check(entry, errors).map(|value| At { span: entry.span, value })),
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

fn identity(entry: &Entry, errors: &mut Errors) -> Option<()> {
    let word = entry.word(errors, "none")?;
    match word.unraw().to_string().as_str() {
        "none" => Some(()),
        other => {
            errors.at(
                word.span(),
                format_args!(
                    "SQLite has no `identity = {other}`: an integer key is generated unless \
                     `identity = none` says otherwise"
                ),
            );
            None
        }
    }
}

fn action(entry: &Entry, errors: &mut Errors) -> Option<Action> {
    entry.one_of(errors, &Action::ALL, Action::name)
}

fn deferrable(entry: &Entry, errors: &mut Errors) -> Option<Deferrable> {
    match entry.value {
        Value::Flag => Some(Deferrable::InitiallyImmediate),
        Value::Equals(_) | Value::List(_) | Value::Literal(_) => {
            entry.one_of(errors, &Deferrable::ALL, Deferrable::name)
        }
    }
}

/// `foreign_key(…)` on a struct.
pub(super) struct ForeignKeyAttrs {
    pub(super) span: Span,
    pub(super) name: Option<At<String>>,
    pub(super) columns: Vec<Key>,
    pub(super) reference: At<Reference>,
    pub(super) on_delete: Option<At<Action>>,
    pub(super) on_update: Option<At<Action>>,
    pub(super) deferrable: Option<At<Deferrable>>,
    pub(super) no_join: Option<At<()>>,
}

fn foreign_key(entry: &Entry, errors: &mut Errors) -> Option<ForeignKeyAttrs> {
    let Value::List(list) = &entry.value else {
        errors.at(entry.span, "write `foreign_key(columns(a, b), references = orders(x, y))`");
        return None;
    };
    let mut columns = Vec::new();
    let (mut name, mut no_join) = (None, None);
    let (mut reference, mut on_delete, mut on_update, mut when) = (None, None, None, None);
    for entry in split(list.clone(), errors) {
        match (entry.key.as_str(), &entry.value) {
            ("columns", Value::List(list)) => columns = keys::columns(list.clone(), errors),
            ("name", _) => once(&mut name, &entry, entry.text(errors), errors),
            ("no_join", _) => {
                let flag = entry.flag(errors).then_some(());
                once(&mut no_join, &entry, flag, errors);
            }
            ("references", _) => {
                let value = entry.parse(errors, "orders(x, y)", Reference::parse);
                once(&mut reference, &entry, value, errors);
            }
            ("on_delete", _) => once(&mut on_delete, &entry, action(&entry, errors), errors),
            ("on_update", _) => once(&mut on_update, &entry, action(&entry, errors), errors),
            ("deferrable", _) => once(&mut when, &entry, deferrable(&entry, errors), errors),
            _ => entry.unknown(
                errors,
                "model(foreign_key",
                &[
                    "name",
                    "columns",
                    "references",
                    "no_join",
                    "on_delete",
                    "on_update",
                    "deferrable",
                ],
            ),
        }
    }
    let Some(reference) = reference else {
        errors.at(entry.span, "a foreign key needs `references = orders(x, y)`");
        return None;
    };
    let span = entry.span;
    Some(ForeignKeyAttrs {
        span,
        name,
        columns,
        reference,
        on_delete,
        on_update,
        deferrable: when,
        no_join,
    })
}

/// The attributes of the struct.
#[derive(Default)]
pub(super) struct ModelAttrs {
    pub(super) indexes: Vec<At<IndexAttrs>>,
    pub(super) uniques: Vec<At<IndexAttrs>>,
    pub(super) checks: Vec<At<CheckAttrs>>,
    pub(super) foreign_keys: Vec<ForeignKeyAttrs>,
    pub(super) hidden: Vec<At<ColumnAttrs>>,
    pub(super) comment: Option<At<String>>,
    pub(super) renamed_from: Option<At<String>>,
    pub(super) sql_name: Option<At<String>>,
    pub(super) strict: Option<At<()>>,
    pub(super) without_rowid: Option<At<()>>,
}

const MODEL_KEYS: [&str; 10] = [
    "index",
    "unique",
    "check",
    "foreign_key",
    "hidden",
    "comment",
    "renamed_from",
    "sql_name",
    "strict",
    "without_rowid",
];

impl ModelAttrs {
    pub(super) fn read(entries: &[Entry], errors: &mut Errors) -> ModelAttrs {
        let mut attrs = ModelAttrs::default();
        for entry in entries {
            attrs.entry(entry, errors);
        }
        attrs
    }

    fn entry(&mut self, entry: &Entry, errors: &mut Errors) {
        let span = entry.span;
        match (entry.key.as_str(), &entry.value) {
            ("index", Value::List(list)) => {
                let value = keys::index(list.clone(), "index", errors);
                self.indexes.push(At { span, value });
            }
            ("unique", Value::List(list)) => {
                let value = keys::index(list.clone(), "unique", errors);
                self.uniques.push(At { span, value });
            }
            ("index" | "unique", _) => {
                errors.at(span, format_args!("write `{}(a, b)`", entry.key));
            }
            ("check", _) => {
                let check = keys::check(entry, errors);
                self.checks.extend(check.map(|value| At { span, value }));
            }
            ("foreign_key", _) => self.foreign_keys.extend(foreign_key(entry, errors)),
            ("hidden", Value::List(list)) => {
                let entries = split(list.clone(), errors);
                let value = ColumnAttrs::read(&entries, true, errors);
                self.hidden.push(At { span, value });
            }
            ("hidden", _) => errors.at(span, "write `hidden(name = \"…\", sql_type = Text)`"),
            ("comment", _) => once(&mut self.comment, entry, entry.text(errors), errors),
            ("renamed_from", _) => once(&mut self.renamed_from, entry, entry.text(errors), errors),
            ("sql_name", _) => once(&mut self.sql_name, entry, entry.text(errors), errors),
            ("strict", _) => {
                let flag = entry.flag(errors).then_some(());
                once(&mut self.strict, entry, flag, errors);
            }
            ("without_rowid", _) => {
                let flag = entry.flag(errors).then_some(());
                once(&mut self.without_rowid, entry, flag, errors);
            }
            (key, _) if sqlite::FOREIGN_MODEL_KEYS.contains(&key) => {
                errors.at(span, format_args!("SQLite has no `{key}`"));
            }
            _ => entry.unknown(errors, "model", &MODEL_KEYS),
        }
    }
}
