//! Which derives of ours an item has, whatever name they were imported by.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Meta};

use super::body::{Body, Means, Route, plain};

/// A derive of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Derive {
    Model,
    Enum,
    Newtype,
}

impl Derive {
    fn from_name(name: &str) -> Option<Derive> {
        match name {
            "Model" => Some(Derive::Model),
            "DbEnum" => Some(Derive::Enum),
            "DbType" => Some(Derive::Newtype),
            _ => None,
        }
    }
}

/// The names of derives in one module.
pub(crate) struct Derives<'a> {
    /// Names that `use` gave, each with the derive it means: none of ours when it came from a
    /// stranger.
    imported: BTreeMap<String, Option<Derive>>,
    strangers: &'a [String],
}

impl<'a> Derives<'a> {
    /// Looks at what the module imports.
    pub(crate) fn new(body: &Body, strangers: &'a [String]) -> Derives<'a> {
        let mut imported = BTreeMap::new();
        for name in &body.names {
            let Means::Import(route) = &name.means else { continue };
            let Some(last) = route.segments.last() else { continue };
            let derive = Derive::from_name(last).filter(|_| !strange(route, strangers));
            if derive.is_some() || Derive::from_name(&name.name).is_some() {
                imported.insert(name.name.clone(), derive);
            }
        }
        Derives { imported, strangers }
    }

    /// The derives of ours among these attributes.
    pub(crate) fn of(&self, attrs: &[Attribute]) -> Vec<Derive> {
        let mut found = Vec::new();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("derive")) {
            if let Meta::List(list) = &attr.meta {
                found.extend(paths(&list.tokens).iter().filter_map(|path| self.meaning(path)));
            }
        }
        found.dedup();
        found
    }

    fn meaning(&self, path: &Route) -> Option<Derive> {
        let last = path.segments.last()?;
        if path.segments.len() > 1 {
            return Derive::from_name(last).filter(|_| !strange(path, self.strangers));
        }
        match self.imported.get(last) {
            Some(imported) => *imported,
            None => Derive::from_name(last),
        }
    }
}

/// The paths between the commas of a list.
fn paths(tokens: &TokenStream) -> Vec<Route> {
    let mut paths = vec![Route { global: false, segments: Vec::new() }];
    for token in tokens.clone() {
        match (token, paths.last_mut()) {
            (TokenTree::Ident(ident), Some(path)) => path.segments.push(plain(&ident)),
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => {
                paths.push(Route { global: false, segments: Vec::new() });
            }
            (TokenTree::Punct(_), Some(path)) => path.global |= path.segments.is_empty(),
            // rustc refuses what is no path.
            (TokenTree::Group(_) | TokenTree::Literal(_), _) | (_, None) => {}
        }
    }
    paths
}

/// Whether a path leads into a crate that has no derive of ours.
fn strange(route: &Route, strangers: &[String]) -> bool {
    route.segments.len() > 1
        && strangers.iter().any(|stranger| Some(stranger) == route.segments.first())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::body::Name;
    use crate::source::error::Origin;

    fn import(name: &str, path: &[&str]) -> Name {
        let segments = path.iter().map(|s| (*s).to_owned()).collect();
        Name {
            name: name.to_owned(),
            public: false,
            at: Origin { file: std::path::Path::new("x").into(), line: 1, column: 1 },
            means: Means::Import(Route { global: false, segments }),
        }
    }

    fn found(imports: Vec<Name>, derive: &str) -> Vec<Derive> {
        let body = Body { names: imports, ..Body::default() };
        let item: syn::ItemStruct =
            syn::parse_str(&format!("#[derive(Clone, {derive})] struct A;")).unwrap();
        Derives::new(&body, &["other".to_owned()]).of(&item.attrs)
    }

    #[test]
    fn a_derive_is_known_by_what_its_name_means() {
        assert_eq!(found(vec![], "Model"), [Derive::Model]);
        assert_eq!(found(vec![], "diesel_autogen::Model"), [Derive::Model]);
        assert_eq!(found(vec![], "other::Model"), []);
        assert_eq!(found(vec![import("Model", &["other", "Model"])], "Model"), []);
        assert_eq!(
            found(vec![import("Model", &["crate", "p", "Model"])], "Model"),
            [Derive::Model]
        );
        assert_eq!(found(vec![import("M", &["diesel_autogen", "Model"])], "M"), [Derive::Model]);
        assert_eq!(found(vec![import("Model", &["crate", "Other"])], "Model"), []);
        assert_eq!(found(vec![], "Model, DbEnum"), [Derive::Model, Derive::Enum]);
    }
}
