//! What the compiler is asked to find true.

use diesel_autogen_grammar::{ColumnItem, ColumnType, Field, ModelItem, Sizes};
use diesel_autogen_schema::{SqlType, sql};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use super::named;
use crate::project::Project;
use crate::quoting::{self, private};

/// That every type of the user's is known to the database. It stands before `table!`, so that
/// this is told before what Diesel makes of it.
pub(super) fn known(item: &ModelItem) -> TokenStream {
    let mut seen: Vec<String> = Vec::new();
    let mut bounds = Vec::new();
    for column in &item.columns {
        let Some(path) = column.ty.named() else { continue };
        let name = path.to_token_stream().to_string();
        if !seen.contains(&name) {
            seen.push(name);
            let span = path.span();
            bounds.push(quote_spanned!(span=> #path: ::diesel_autogen::DbType));
        }
    }
    if bounds.is_empty() {
        return TokenStream::new();
    }
    quote! {
        const _: () = {
            #[allow(dead_code)]
            struct Known where #(#bounds),*;
        };
    }
}

/// That Diesel maps every Rust type to its SQL type, each pair once.
pub(super) fn mappings(item: &ModelItem, own: &TokenStream, project: &Project) -> TokenStream {
    let backend = project.backend();
    let mut seen: Vec<String> = Vec::new();
    let mut checks = TokenStream::new();
    for column in &item.columns {
        let Some(field) = &column.field else { continue };
        let Some(ty) = mapped_type(column, field, own, project) else { continue };
        for (check, rust) in mapping(column, field) {
            let pair = format!("{check} {} {ty}", rust.to_token_stream());
            if seen.contains(&pair) {
                continue;
            }
            seen.push(pair);
            if is_primitive(rust, &column.ty) && !project.asks_first(&seen[seen.len() - 1]) {
                continue;
            }
            let (p, span) = (private(), rust.span());
            checks.extend(quote_spanned!(span=> #p::#check::<#backend, #rust, #ty>();));
        }
    }
    checks
}

/// Whether every model says the same by it: then it is asked once for the package, as nearly every
/// model has some of these.
fn is_primitive(rust: &Type, ty: &ColumnType) -> bool {
    let (Type::Path(path), ColumnType::Known(known)) = (rust, ty) else { return false };
    let pairs = [
        ("bool", SqlType::Bool),
        ("f32", SqlType::Float),
        ("f64", SqlType::Double),
        ("i16", SqlType::SmallInt),
        ("i32", SqlType::Integer),
        ("i64", SqlType::BigInt),
    ];
    pairs.iter().any(|(name, of)| path.path.is_ident(name) && known == of)
}

/// The SQL type that a field's type must map to; a type of the user's own is mapped by its derive,
/// unless a file says what its column is.
fn mapped_type(
    column: &ColumnItem,
    field: &Field,
    own: &TokenStream,
    project: &Project,
) -> Option<TokenStream> {
    let by_path = |path: &syn::Path| Some(quote!(#path));
    let plain =
        matches!(column.ty, ColumnType::Own { path: None, facts: _ } | ColumnType::Named(_));
    let in_file = plain || (project.has_schema_file() && column.ty.named().is_some());
    match (in_file, project.has_schema_file()) {
        (true, true) => {
            let (p, name) = (private(), &field.column);
            Some(quote!(#p::Type<#own::#name>))
        }
        (true, false) => None,
        (false, _) => quoting::diesel_type(&column.ty, &by_path),
    }
}

fn mapping<'a>(column: &ColumnItem, field: &'a Field) -> Vec<(TokenStream, &'a Type)> {
    let Field { ident: _, column: _, reads, writes } = field;
    if column.facts.generated.is_some() {
        return vec![(quote!(reads), reads)];
    }
    if reads.to_token_stream().to_string() == writes.to_token_stream().to_string() {
        vec![(quote!(maps), reads)]
    } else {
        vec![(quote!(reads), reads), (quote!(writes), writes)]
    }
}

/// That a default which is plain text is a label, where the type turns out to be an enum.
pub(super) fn labels(item: &ModelItem) -> TokenStream {
    let mut checks = TokenStream::new();
    for column in &item.columns {
        let (ColumnType::Named(path), Some(default)) = (&column.ty, &column.facts.default) else {
            continue;
        };
        let Some(text) = sql::literal_text(default.as_str()) else { continue };
        let last = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        let message = format!(
            "column `{}` has no default `{}`: it is no label of `{last}`",
            column.facts.name,
            default.as_str()
        );
        let p = respan(&private(), column.span);
        let check = if column.beside.is_none() && column.sizes == Sizes::default() {
            quote_spanned!(column.span=> #p::labelled_as::<#path>(#text, #message))
        } else {
            let ty = named::column(column, path);
            quote_spanned! {column.span=> {
                const OF: &#p::SqlType = &#ty;
                #p::labelled(OF, #text, #message)
            }}
        };
        checks.extend(quote_spanned!(column.span=> const _: () = #check;));
    }
    checks
}

/// The same tokens at another place: where a bound is told that they do not fulfil.
pub(super) fn respan(tokens: &TokenStream, span: Span) -> TokenStream {
    let tokens = tokens.clone().into_iter();
    tokens
        .map(|mut token| {
            token.set_span(span);
            token
        })
        .collect()
}

/// That every foreign key refers to columns of its own columns' types.
pub(super) fn references(item: &ModelItem, own: &TokenStream) -> TokenStream {
    let p = private();
    item.foreign_keys
        .iter()
        .flat_map(|key| {
            let pairs = key.columns.iter().zip(&key.reference.columns);
            pairs.map(move |(column, referenced)| (&key.reference.table, column, referenced))
        })
        .filter_map(|(table, column, referenced)| {
            let column = item.columns.iter().find(|it| it.facts.name == *column)?;
            let column = &column.field.as_ref()?.column;
            let span = referenced.span();
            let (own, table) = (respan(own, span), respan(&table.to_token_stream(), span));
            let column = respan(&column.to_token_stream(), span);
            Some(quote_spanned!(span=> #p::refers::<#own::#column, #table::#referenced>();))
        })
        .collect()
}

/// That the `table!` in a file of the user's has the columns, types and key of the model.
pub(super) fn against_file(item: &ModelItem, own: &TokenStream) -> TokenStream {
    let columns = item.columns.iter().filter_map(|column| {
        column.field.as_ref().map(|field| column_against_file(column, field, own))
    });
    let span = item.ident.span();
    let own = respan(own, span);
    let key = item.facts.primary_key.iter().filter_map(|name| {
        let column = item.columns.iter().find(|column| column.facts.name == *name)?;
        let name = respan(&column.field.as_ref()?.column.to_token_stream(), span);
        Some(quote_spanned!(span=> #own::#name))
    });
    let key: Vec<_> = key.collect();
    let key = match &key[..] {
        [only] => quote!(#only),
        several => quote_spanned!(span=> (#(#several,)*)),
    };
    let p = respan(&private(), span);
    let columns: TokenStream = columns.collect();
    quote_spanned! {span=>
        #columns
        const _: () = #p::key_is::<#own::table, #key>();
    }
}

fn column_against_file(column: &ColumnItem, field: &Field, own: &TokenStream) -> TokenStream {
    let span = column.span;
    let (p, own) = (respan(&private(), span), respan(own, span));
    let name = respan(&field.column.to_token_stream(), span);
    let expected = &column.facts.name;
    // What only the file says of a type of the user's is taken from there.
    let ty = match (&column.ty, column.ty.named()) {
        (ColumnType::Own { path: None, facts: _ }, _) | (_, Some(_)) => None,
        (ty, None) => quoting::diesel_type(ty, &|path| Some(quote!(#path))),
    };
    let ty = ty.unwrap_or_else(|| quote!(#p::Type<#own::#name>));
    let ty = match column.facts.nullable {
        true => quote!(::diesel::sql_types::Nullable<#ty>),
        false => ty,
    };
    let ty = respan(&ty, span);
    let spelled = named::spelled(column);
    quote_spanned! {span=>
        #spelled
        const _: () = {
            #p::column_is::<#own::#name, #ty>();
            #p::called::<{ #p::same(<#own::#name as ::diesel::Column>::NAME, #expected) }>();
        };
    }
}
