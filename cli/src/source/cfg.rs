//! What rustc does to an item before a derive sees it: `cfg_attr` is unfolded, what `cfg` turns
//! off is gone.

use std::collections::BTreeSet;
use std::env::consts;

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, LitBool, LitStr, Token, parenthesized};

/// What `cfg` asks about: the package's features and the machine that this runs on, in an
/// ordinary build (debug assertions on, no test).
#[derive(Clone, Debug, Default)]
pub(crate) struct Cfg {
    features: BTreeSet<String>,
}

impl Cfg {
    /// The answers with these features on.
    pub(crate) fn new(features: BTreeSet<String>) -> Cfg {
        Cfg { features }
    }

    /// Unfolds every `cfg_attr`, takes every `cfg` away and says whether the item is there.
    pub(crate) fn apply(&self, attrs: &mut Vec<Attribute>) -> syn::Result<bool> {
        if !attrs.iter().any(is_conditional) {
            return Ok(true);
        }
        let mut there = true;
        let mut open: Vec<Attribute> = attrs.drain(..).rev().collect();
        while let Some(attr) = open.pop() {
            if attr.path().is_ident("cfg") {
                there &= self.holds(&attr.parse_args::<Predicate>()?);
            } else if attr.path().is_ident("cfg_attr") {
                let unfolded: Conditional = attr.parse_args()?;
                if self.holds(&unfolded.predicate) {
                    open.extend(unfolded.attributes.into_iter().rev().map(|meta| Attribute {
                        pound_token: attr.pound_token,
                        style: attr.style,
                        bracket_token: attr.bracket_token,
                        meta,
                    }));
                }
            } else {
                attrs.push(attr);
            }
        }
        Ok(there)
    }

    /// Does the same to a derive's input and to its fields and variants.
    pub(crate) fn apply_to_input(&self, input: &mut syn::DeriveInput) -> syn::Result<bool> {
        if !self.apply(&mut input.attrs)? {
            return Ok(false);
        }
        match &mut input.data {
            syn::Data::Struct(data) => self.apply_to_fields(&mut data.fields)?,
            syn::Data::Enum(data) => {
                retain(&mut data.variants, |variant| {
                    Ok(self.apply(&mut variant.attrs)?
                        && self.apply_to_fields(&mut variant.fields).map(|()| true)?)
                })?;
            }
            syn::Data::Union(_) => {}
        }
        Ok(true)
    }

    fn apply_to_fields(&self, fields: &mut syn::Fields) -> syn::Result<()> {
        match fields {
            syn::Fields::Named(fields) => self.retain(&mut fields.named),
            syn::Fields::Unnamed(fields) => self.retain(&mut fields.unnamed),
            syn::Fields::Unit => Ok(()),
        }
    }

    fn retain(&self, fields: &mut Punctuated<syn::Field, Token![,]>) -> syn::Result<()> {
        let mut attributes = fields.iter().flat_map(|field| &field.attrs);
        if !attributes.any(is_conditional) {
            return Ok(());
        }
        retain(fields, |field| self.apply(&mut field.attrs))
    }

    fn holds(&self, predicate: &Predicate) -> bool {
        match predicate {
            Predicate::All(all) => all.iter().all(|one| self.holds(one)),
            Predicate::Any(any) => any.iter().any(|one| self.holds(one)),
            Predicate::Not(not) => !self.holds(not),
            Predicate::Always(value) => *value,
            Predicate::Flag(name) => flag(name),
            Predicate::Value(key, value) if key == "feature" => self.features.contains(value),
            Predicate::Value(key, value) => has_value(key, value),
        }
    }
}

fn is_conditional(attr: &Attribute) -> bool {
    attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr")
}

/// Keeps the elements for which `keep` says so.
fn retain<T, P: Default>(
    list: &mut Punctuated<T, P>,
    mut keep: impl FnMut(&mut T) -> syn::Result<bool>,
) -> syn::Result<()> {
    for mut element in std::mem::take(list) {
        if keep(&mut element)? {
            list.push(element);
        }
    }
    Ok(())
}

fn flag(name: &str) -> bool {
    match name {
        "debug_assertions" | "overflow_checks" => true,
        "unix" | "windows" => name == consts::FAMILY,
        _ => false,
    }
}

fn has_value(key: &str, value: &str) -> bool {
    match key {
        "target_os" => value == consts::OS,
        "target_arch" => value == consts::ARCH,
        "target_family" => value == consts::FAMILY,
        "target_pointer_width" => value == usize::BITS.to_string(),
        "target_endian" => value == if cfg!(target_endian = "big") { "big" } else { "little" },
        "target_env" => value == ENV,
        "target_vendor" => value == VENDOR,
        "panic" => value == "unwind",
        _ => false,
    }
}

const ENV: &str = if cfg!(target_env = "gnu") {
    "gnu"
} else if cfg!(target_env = "musl") {
    "musl"
} else if cfg!(target_env = "msvc") {
    "msvc"
} else {
    ""
};

const VENDOR: &str = if cfg!(target_vendor = "apple") {
    "apple"
} else if cfg!(target_vendor = "pc") {
    "pc"
} else {
    "unknown"
};

/// What stands inside `cfg(…)`.
enum Predicate {
    All(Vec<Predicate>),
    Any(Vec<Predicate>),
    Not(Box<Predicate>),
    Always(bool),
    Flag(String),
    Value(String, String),
}

impl Parse for Predicate {
    fn parse(input: ParseStream<'_>) -> syn::Result<Predicate> {
        if input.peek(LitBool) {
            return Ok(Predicate::Always(input.parse::<LitBool>()?.value));
        }
        let name: Ident = input.parse()?;
        if input.peek(syn::token::Paren) {
            let content;
            parenthesized!(content in input);
            let inner = content.parse_terminated(Predicate::parse, Token![,])?;
            return match (name.to_string().as_str(), inner.len()) {
                ("all", _) => Ok(Predicate::All(inner.into_iter().collect())),
                ("any", _) => Ok(Predicate::Any(inner.into_iter().collect())),
                ("not", 1) => {
                    Ok(Predicate::Not(Box::new(Predicate::All(inner.into_iter().collect()))))
                }
                // `target(…)` and whatever is still unstable: as good as an unknown flag.
                _ => Ok(Predicate::Always(false)),
            };
        }
        if input.parse::<Option<Token![=]>>()?.is_some() {
            return Ok(Predicate::Value(name.to_string(), input.parse::<LitStr>()?.value()));
        }
        Ok(Predicate::Flag(name.to_string()))
    }
}

/// What stands inside `cfg_attr(…)`.
struct Conditional {
    predicate: Predicate,
    attributes: Vec<syn::Meta>,
}

impl Parse for Conditional {
    fn parse(input: ParseStream<'_>) -> syn::Result<Conditional> {
        let predicate = input.parse()?;
        let mut attributes = Vec::new();
        while input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            attributes.push(input.parse()?);
        }
        Ok(Conditional { predicate, attributes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cfg() -> Cfg {
        Cfg::new(["a", "b"].into_iter().map(str::to_owned).collect())
    }

    fn holds(text: &str) -> bool {
        cfg().holds(&syn::parse_str(text).unwrap())
    }

    #[test]
    fn predicates_combine() {
        assert!(holds("all(feature = \"a\", not(feature = \"c\"))"));
        assert!(holds("any(feature = \"c\", feature = \"b\")"));
        assert!(holds("all()"));
        assert!(!holds("any()"));
        assert!(!holds("all(feature = \"a\", feature = \"c\",)"));
        assert!(holds("true"));
        assert!(!holds("not(true)"));
    }

    #[test]
    fn the_host_answers_for_the_target() {
        assert!(holds(&format!("target_os = \"{}\"", consts::OS)));
        assert!(!holds("target_os = \"none\""));
        assert!(holds(consts::FAMILY));
        assert!(holds("debug_assertions"));
        assert!(!holds("test"));
        assert!(!holds("some_flag_of_a_build_script"));
        assert!(!holds("some_key = \"value\""));
        assert!(holds(&format!("target_pointer_width = \"{}\"", usize::BITS)));
    }

    /// The input after `cfg`, as text, or `None` when it is not there.
    fn applied(text: &str) -> Option<String> {
        use quote::ToTokens;
        let mut input: syn::DeriveInput = syn::parse_str(text).unwrap();
        cfg()
            .apply_to_input(&mut input)
            .unwrap()
            .then(|| input.to_token_stream().to_string().replace(' ', ""))
    }

    #[test]
    fn cfg_attr_unfolds_in_place_and_nests() {
        assert_eq!(
            applied(
                "#[x] #[cfg_attr(feature = \"a\", y(1), cfg_attr(feature = \"b\", z = \"1\"),)] \
                 #[cfg_attr(feature = \"c\", no)] #[w] struct A;"
            )
            .as_deref(),
            Some("#[x]#[y(1)]#[z=\"1\"]#[w]structA;")
        );
        assert_eq!(applied("#[cfg_attr(feature = \"a\", cfg(test))] struct A;"), None);
    }

    #[test]
    fn fields_and_variants_go() {
        assert_eq!(
            applied("struct A { #[cfg(test)] a: i32, #[cfg(feature = \"a\")] #[k] b: i32 }")
                .as_deref(),
            Some("structA{#[k]b:i32}"),
        );
        assert_eq!(
            applied("enum A { #[cfg(test)] X, Y(#[cfg(test)] i8, i16) }").as_deref(),
            Some("enumA{Y(i16)}"),
        );
    }
}
