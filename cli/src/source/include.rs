//! The argument of `include!`, as far as it can be known without a build script.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Token, parenthesized};

/// The path that `include!(tokens)` reads, or `None` when only a build knows it.
pub(crate) fn path(tokens: &TokenStream, manifest_dir: &str) -> Option<String> {
    let argument = |input: ParseStream<'_>| {
        let argument: Argument = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        Ok(argument)
    };
    argument.parse2(tokens.clone()).ok()?.text(manifest_dir)
}

enum Argument {
    Text(String),
    Concat(Vec<Argument>),
    Env(String),
}

impl Argument {
    fn text(&self, manifest_dir: &str) -> Option<String> {
        match self {
            Argument::Text(text) => Some(text.clone()),
            Argument::Concat(parts) => parts.iter().map(|part| part.text(manifest_dir)).collect(),
            Argument::Env(name) => (name == "CARGO_MANIFEST_DIR").then(|| manifest_dir.to_owned()),
        }
    }
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Argument> {
        if input.peek(LitStr) {
            return Ok(Argument::Text(input.parse::<LitStr>()?.value()));
        }
        let name: Ident = input.parse()?;
        input.parse::<Token![!]>()?;
        let content;
        parenthesized!(content in input);
        if name == "concat" {
            let parts = Punctuated::<Argument, Token![,]>::parse_terminated(&content)?;
            return Ok(Argument::Concat(parts.into_iter().collect()));
        }
        if name == "env" {
            return Ok(Argument::Env(content.parse::<LitStr>()?.value()));
        }
        Err(syn::Error::new(name.span(), "only a build knows this path"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        path(&text.parse().unwrap(), "/home/x")
    }

    #[test]
    fn paths_that_need_no_build_are_known() {
        assert_eq!(read("\"a/b.rs\"").as_deref(), Some("a/b.rs"));
        assert_eq!(read("r\"a.rs\",").as_deref(), Some("a.rs"));
        assert_eq!(
            read("concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/src/a.rs\",)").as_deref(),
            Some("/home/x/src/a.rs")
        );
        assert_eq!(read("concat!(env!(\"OUT_DIR\"), \"/a.rs\")"), None);
        assert_eq!(read("NAME"), None);
    }
}
