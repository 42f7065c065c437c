use quote::ToTokens;
use syn::{Fields, File, Item};

/// The same models declared in another order: items and fields reversed.
pub(crate) fn shuffled(source: &str) -> String {
    let mut file: File = syn::parse_file(source).expect("the story parses");
    reverse(&mut file.items);
    file.into_token_stream().to_string()
}

fn reverse(items: &mut [Item]) {
    items.reverse();
    for item in items {
        match item {
            Item::Struct(item) => {
                if let Fields::Named(fields) = &mut item.fields {
                    let named = std::mem::take(&mut fields.named);
                    let mut list: Vec<_> = named.into_iter().collect();
                    list.reverse();
                    fields.named = list.into_iter().collect();
                }
            }
            Item::Mod(module) => {
                if let Some((_, items)) = &mut module.content {
                    reverse(items);
                }
            }
            _ => {}
        }
    }
}
