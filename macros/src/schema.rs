//! `schema!(User, Team)`.

use diesel_autogen_schema::Table;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Path;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;

use crate::model::drift::{Suspicion, tell_if, unless_testing};
use crate::project::{Measure, project};
use crate::quoting::{open, opened, private, texts};

/// The expansion, in short:
///
/// ```ignore
/// pub static SCHEMA: Schema = …;
/// impl TableNotEqual<<Team as Model>::Table> for <User as Model>::Table {}   // and back
/// ```
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let models = match Punctuated::<Path, syn::Token![,]>::parse_terminated.parse2(input) {
        Ok(models) => models,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = TokenStream::new();
    let mut unique: Vec<&Path> = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for model in &models {
        let spelled = model.to_token_stream().to_string();
        if seen.contains(&spelled) {
            let twice = syn::Error::new(model.span(), "this model is listed twice");
            errors.extend(twice.to_compile_error());
        } else {
            unique.push(model);
            seen.push(spelled);
        }
    }
    let project = project();
    let once = project.once();
    let together = (!project.has_schema_file()).then(|| together(&unique));
    let gone = project.measure(Span::call_site()).map(gone);
    let (p, open) = (private(), open());
    let extensions = texts(&project.config.extensions);
    let tables = unique.iter().map(|model| {
        let span = model.span();
        quote_spanned!(span=> <#model as ::diesel_autogen::Model>::TABLE)
    });
    quote! {
        #once
        #errors
        #[doc(hidden)]
        const __SCHEMA_TABLES: &[::diesel_autogen::private::Table] = &[#(#tables),*];
        /// The tables of every model.
        pub static SCHEMA: ::diesel_autogen::Schema = {
            #open
            ::diesel_autogen::Schema {
                tables: #p::List::Borrowed(__SCHEMA_TABLES),
                extensions: #extensions,
            }
        };
        #together
        #gone
    }
}

/// What `allow_tables_to_appear_in_same_query!` makes, for tables that only traits name.
fn together(models: &[&Path]) -> TokenStream {
    let table = |model: &Path| quote!(<#model as ::diesel_autogen::Model>::Table);
    let mut tokens = TokenStream::new();
    for (at, left) in models.iter().enumerate() {
        let left = table(left);
        for right in &models[..at] {
            let right = table(right);
            tokens.extend(quote! {
                impl ::diesel::query_source::TableNotEqual<#left> for #right {}
                impl ::diesel::query_source::TableNotEqual<#right> for #left {}
            });
        }
    }
    tokens
}

/// A warning for every table of the last migration that no model has become and that is not retired,
/// and one when tables
/// swap names: no derive sees the other table.
fn gone(measure: &Measure) -> TokenStream {
    let p = private();
    let span = Span::call_site();
    let tables = &measure.snapshot.schema.tables;
    if tables.is_empty() {
        return TokenStream::new();
    }
    let last = tables.iter().map(last_table);
    let claimed = tables.iter().filter(|table| table.extras.retired().is_none());
    let gone = claimed.map(|table| {
        let place = table.place();
        let text = format!(
            "table `{place}` of the last migration has no model in `schema!`; list the model, \
             or run `diesel-autogen generate -m \"…\"`"
        );
        let place = last_table(table);
        let differs = quote!(!#p::owns(__SCHEMA_TABLES, __LAST_TABLES, &#place));
        Suspicion { differs, text, span }
    });
    let text = "tables have names that were other tables' in the last migration; \
                run `diesel-autogen generate -m \"…\"`";
    let differs = quote!(#p::swaps(__SCHEMA_TABLES, __LAST_TABLES));
    let swapped = Suspicion { differs, text: text.to_owned(), span };
    let suspicions: Vec<Suspicion> = gone.chain([swapped]).collect();
    let open = open();
    let last = quote! {
        #[doc(hidden)]
        #[cfg(not(test))]
        const __LAST_TABLES: &::diesel_autogen::private::Last = {
            #open
            &[#(#last),*]
        };
    };
    let told = unless_testing(opened(&tell_if(&suspicions, measure.deny)));
    quote!(#last #told)
}

fn last_table(table: &Table) -> TokenStream {
    let p = private();
    let schema = table.schema.as_deref().unwrap_or_default();
    let (name, from) = (&table.name, table.renamed_from.as_deref().unwrap_or_default());
    quote!(#p::LastTable { schema: #schema, name: #name, renamed_from: #from })
}
