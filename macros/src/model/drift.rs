//! What no migration covers yet.

use diesel_autogen_grammar::{ColumnItem, Fact, ModelItem, Target};
use diesel_autogen_schema::drift::{Difference, differences};
use diesel_autogen_schema::words::type_name;
use diesel_autogen_schema::{Column, ForeignKey, Place, Schema, SqlType, Table, diff};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;

use crate::project::Measure;
use crate::quoting::{self, private};

const RUN: &str = "run `diesel-autogen generate -m \"…\"`";

/// A warning, or an error, for every difference between the model and the snapshot.
pub(super) fn drift(item: &ModelItem, measure: &Measure) -> TokenStream {
    let old = before(item, &measure.snapshot.schema);
    let new = after(item, old);
    let one = |table: Option<&Table>| Schema::of(table.cloned().into_iter().collect());
    let mut tokens = TokenStream::new();
    match diff(&one(old), &one(Some(&new))) {
        Ok(changes) => {
            for Difference { fact, text } in changes.iter().flat_map(differences) {
                let text = format!("{}; {RUN}", told(item, &fact, text));
                let told = tell(&text, item.spans.of(&fact), measure.deny);
                tokens.extend(if old.is_none() { unless_testing(told) } else { told });
            }
        }
        Err(errors) => {
            for error in errors {
                tokens.extend(tell(&error.to_string(), item.ident.span(), measure.deny));
            }
        }
    }
    if let Some(old) = old {
        tokens.extend(late(item, old, measure.deny));
    }
    tokens
}

/// The table of the last migration that the model has become.
fn before<'a>(item: &ModelItem, snapshot: &'a Schema) -> Option<&'a Table> {
    snapshot.at(item.facts.place()).or_else(|| {
        let from = item.facts.renamed_from.as_deref()?;
        let beside = item.facts.schema.as_deref();
        Place::meant(from, beside).into_iter().find_map(|place| snapshot.at(place))
    })
}

/// The column of the last migration that a column has become.
fn column_before<'a>(column: &ColumnItem, old: &'a Table) -> Option<&'a Column> {
    old.column(&column.facts.name).or_else(|| {
        let from = column.facts.renamed_from.as_deref()?;
        old.column(from)
    })
}

/// The model's table as far as tokens say it. What they do not say is taken as it was, and left to
/// [`late`].
fn after(item: &ModelItem, old: Option<&Table>) -> Table {
    let mut table = item.facts.clone();
    table.columns = item
        .columns
        .iter()
        .map(|column| match column.ty.named() {
            None => column.facts.clone(),
            Some(_) => {
                let was = old.and_then(|old| column_before(column, old));
                let ty = was.map_or(SqlType::Text { max_length: None }, |was| was.sql_type.clone());
                assumed(column, ty)
            }
        })
        .collect();
    table.foreign_keys = item
        .foreign_keys
        .iter()
        .map(|key| {
            let Target { schema: _, table, columns } = key.reference.as_named();
            let was = old.and_then(|old| old.foreign_keys.iter().find(|it| it.name == key.name));
            let (table, references) = match was {
                Some(was) if was.references.len() == columns.len() => {
                    (was.table.clone(), was.references.clone())
                }
                _ => (table.into(), columns.into_iter().map(Into::into).collect()),
            };
            ForeignKey {
                name: key.name.clone().into(),
                columns: key.columns.iter().cloned().map(Into::into).collect(),
                schema: was.and_then(|was| was.schema.clone()),
                table,
                references,
                on_delete: key.on_delete,
                on_update: key.on_update,
                deferrable: key.deferrable,
                extras: key.extras.clone(),
            }
        })
        .collect();
    table
}

/// The column if its type is still the one of the last migration.
fn assumed(column: &ColumnItem, ty: SqlType) -> Column {
    let integer = ty.is_integer();
    let identity = column.identity.filter(|_| integer);
    Column { sql_type: ty, identity, ..column.facts.clone() }
}

/// The text of a difference. An added column of the user's type is described by its Rust name.
fn told(item: &ModelItem, fact: &Fact, text: String) -> String {
    let Fact::Column(name) = fact else { return text };
    let column = item.columns.iter().find(|column| column.facts.name == *name);
    let last = column.and_then(|column| column.ty.named()).and_then(|path| path.segments.last());
    match last {
        Some(last) => text.replacen("(Text", &format!("({}", last.ident), 1),
        None => text,
    }
}

/// Differences that only the compiler can see: types behind names, names behind references.
fn late(item: &ModelItem, old: &Table, deny: bool) -> TokenStream {
    let mut suspicions = Vec::new();
    for column in &item.columns {
        let Some(path) = column.ty.named() else { continue };
        let Some(was) = column_before(column, old) else { continue };
        let (now, then) = (super::named::mark(column, path), was.sql_type.mark());
        let last = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        let text = format!(
            "column `{}.{}` is a `{last}`, which is no longer {} as in the last migration; {RUN}",
            item.table.sql_name,
            column.facts.name,
            type_name(&was.sql_type)
        );
        let differs = quote!(#now != #then);
        suspicions.push(Suspicion { differs, text, span: column.span });
    }
    for key in &item.foreign_keys {
        let Some(was) = old.foreign_keys.iter().find(|it| it.name == key.name) else { continue };
        suspicions.extend(late_reference(item, key, was));
    }
    tell_if(&suspicions, deny)
}

fn late_reference(
    item: &ModelItem,
    key: &diesel_autogen_grammar::ForeignKeyItem,
    was: &ForeignKey,
) -> Option<Suspicion> {
    let Target { schema: _, table, columns } = key.reference.as_named();
    // Whether the table is in another schema is known to its model alone.
    let named = was.schema.is_none()
        && item.table.schema.is_none()
        && table == was.table
        && columns.len() == was.references.len()
        && columns.iter().zip(was.references.iter()).all(|(now, then)| now == then);
    if named || columns.len() != was.references.len() {
        return None;
    }
    let p = private();
    let (module, references) = (&key.reference.table, &key.reference.columns);
    let (then, names) = (&was.table, was.references.iter());
    let schema = quoting::maybe(was.schema.as_ref());
    let text = format!(
        "foreign key `{}` refers to {}({}) in the last migration, and no longer here; {RUN}",
        key.name,
        was.target(),
        was.references.join(", ")
    );
    let differs = quote! {
        !(#p::same(<#module::table as #p::TableName>::NAME, #then)
            && #p::same_maybe(<#module::table as #p::TableName>::SCHEMA, #schema)
            #(&& #p::same(<#module::#references as ::diesel::Column>::NAME, #names))*)
    };
    let span = item.spans.of(&Fact::ForeignKey(key.name.clone()));
    Some(Suspicion { differs, text, span })
}

/// The item when no tests are built: a model may be theirs alone, with a table that no migration
/// makes, and a list may be of theirs.
pub(crate) fn unless_testing(item: TokenStream) -> TokenStream {
    quote!(#[cfg(not(test))] #item)
}

/// A warning at a token of the user's, or an error: rustc gives none at a derive's own tokens.
pub(crate) fn tell(text: &str, span: Span, deny: bool) -> TokenStream {
    let level = level(deny);
    let name = Ident::new("schema_drift", span);
    quote! {
        #level
        const _: () = {
            #[deprecated(note = #text)]
            const fn schema_drift() {}
            #name();
        };
    }
}

/// A difference that there is when a constant turns out to be true.
pub(crate) struct Suspicion {
    /// The constant.
    pub(crate) differs: TokenStream,
    pub(crate) text: String,
    /// The token of the user's at which it is told.
    pub(crate) span: Span,
}

/// Warnings, or errors, for those that turn out to be true: reading a field is one when it is that
/// of a type made here.
///
/// ```ignore
/// struct Told0 { #[deprecated(note = "column `users.role` is a `Role`, which …")] schema_drift: () }
/// type Suspicions = Four<{ bits([<Role as DbType>::MARK != 41]) }>;
/// const fn told(it: First<Suspicions, Told0>) { let () = it.schema_drift; }
/// ```
pub(crate) fn tell_if(suspicions: &[Suspicion], deny: bool) -> TokenStream {
    suspicions.chunks(FOUR.len()).map(|four| tell_four(four, deny)).collect()
}

/// What `private` calls those that share a constant.
const FOUR: [&str; 4] = ["First", "Second", "Third", "Fourth"];

fn tell_four(four: &[Suspicion], deny: bool) -> TokenStream {
    let (p, level) = (private(), level(deny));
    let differs = four.iter().map(|it| &it.differs);
    let texts = four.iter().map(|it| &it.text);
    let told: Vec<Ident> = (0..four.len()).map(|at| format_ident!("Told{at}")).collect();
    let read = told.iter().zip(four).zip(FOUR).map(|((told, of), which)| {
        let (it, which) = (
            format_ident!("{}", told.to_string().to_lowercase(), span = of.span),
            format_ident!("{which}"),
        );
        (
            quote!(#it: &#p::#which<Suspicions, #told>),
            quote_spanned!(of.span=> let () = #it.schema_drift;),
        )
    });
    let (taken, read): (Vec<TokenStream>, Vec<TokenStream>) = read.unzip();
    quote! {
        #level
        #[allow(dead_code)]
        const _: () = {
            type Suspicions = #p::Four<{ #p::bits([#(#differs),*]) }>;
            #(struct #told {
                #[deprecated(note = #texts)]
                schema_drift: (),
            })*
            fn told(#(#taken),*) {
                #(#read)*
            }
        };
    }
}

fn level(deny: bool) -> Option<TokenStream> {
    deny.then(|| quote!(#[deny(deprecated)]))
}
