use syn::punctuated::Punctuated;
use syn::{Attribute, Path, Token};

/// Whether a `#[derive(…)]` among these attributes names `Model`.
pub fn is_model(attrs: &[Attribute]) -> bool {
    derives(attrs, "Model")
}

/// Whether a `#[derive(…)]` among these attributes names `DbEnum`.
pub fn is_enum(attrs: &[Attribute]) -> bool {
    derives(attrs, "DbEnum")
}

/// Whether a `#[derive(…)]` among these attributes names `DbType`.
pub fn is_type(attrs: &[Attribute]) -> bool {
    derives(attrs, "DbType")
}

fn derives(attrs: &[Attribute], name: &str) -> bool {
    attrs.iter().filter(|attr| attr.path().is_ident("derive")).any(|attr| {
        attr.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)
            .is_ok_and(|paths| paths.iter().any(|path| last_is(path, name)))
    })
}

fn last_is(path: &Path, name: &str) -> bool {
    path.segments.last().is_some_and(|last| last.ident == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_segment_counts() {
        let item: syn::ItemStruct = syn::parse_quote! {
            #[derive(Clone, diesel_autogen::Model)]
            struct User;
        };
        assert!(is_model(&item.attrs));
        assert!(!is_enum(&item.attrs) && !is_type(&item.attrs));
        let other: syn::ItemStruct = syn::parse_quote! { #[derive(ViewModel)] struct User; };
        assert!(!is_model(&other.attrs));
    }
}
