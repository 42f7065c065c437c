use std::hash::{DefaultHasher, Hash, Hasher};

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Field, Fields, File, Item, Meta, Token};

/// The same models declared in another order, which `seed` chooses: items, fields and what their
/// attributes list.
pub(crate) fn shuffled(source: &str, seed: u64) -> String {
    let mut file: File = syn::parse_file(source).expect("the story parses");
    Shuffle { seed }.items(&mut file.items);
    file.into_token_stream().to_string()
}

struct Shuffle {
    seed: u64,
}

impl Shuffle {
    /// An order that hangs on nothing but the seed and what each says.
    fn order<T: ToTokens>(&self, list: &mut [T]) {
        list.sort_by_cached_key(|it| {
            let mut hasher = DefaultHasher::new();
            (self.seed, it.to_token_stream().to_string()).hash(&mut hasher);
            hasher.finish()
        });
    }

    fn items(&self, items: &mut [Item]) {
        self.order(items);
        for item in items {
            match item {
                Item::Struct(item) => {
                    self.attributes(&mut item.attrs);
                    self.fields(&mut item.fields);
                }
                Item::Mod(module) => {
                    if let Some((_, items)) = &mut module.content {
                        self.items(items);
                    }
                }
                _ => {}
            }
        }
    }

    fn fields(&self, fields: &mut Fields) {
        let Fields::Named(fields) = fields else { return };
        let mut list: Vec<Field> = std::mem::take(&mut fields.named).into_iter().collect();
        self.order(&mut list);
        list.iter_mut().for_each(|field| self.attributes(&mut field.attrs));
        fields.named = list.into_iter().collect();
    }

    fn attributes(&self, attributes: &mut [Attribute]) {
        for attribute in attributes {
            let Meta::List(list) = &mut attribute.meta else { continue };
            if !["model", "column"].iter().any(|ours| list.path.is_ident(ours)) {
                continue;
            }
            let parser = Punctuated::<Entry, Token![,]>::parse_terminated;
            let mut entries: Vec<Entry> =
                list.parse_args_with(parser).expect("entries").into_iter().collect();
            self.order(&mut entries);
            list.tokens = quote!(#(#entries),*);
        }
    }
}

/// What stands between two commas.
struct Entry(TokenStream);

impl syn::parse::Parse for Entry {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Entry> {
        let mut tokens = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![,]) {
            tokens.extend(std::iter::once(input.parse::<proc_macro2::TokenTree>()?));
        }
        Ok(Entry(tokens))
    }
}

impl ToTokens for Entry {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}
