//! What each way of keeping an index can do.

use diesel_autogen_schema::{Deferrable, Dialect, Extra, IndexKey, Order};
use proc_macro2::Span;

use super::build::Builder;
use super::keys::IndexAttrs;
use crate::attributes::At;

/// The fact of `using = gin`; the ordinary way is not said.
pub(super) fn method(using: &At<String>) -> Option<Extra> {
    (using.value != ORDINARY).then(|| Extra::Method(using.value.clone().into()))
}

/// The fact of `deferrable`.
pub(super) fn deferred(mode: Option<&At<Deferrable>>) -> Option<Extra> {
    match mode.map(|mode| mode.value) {
        None | Some(Deferrable::No) => None,
        Some(mode @ (Deferrable::InitiallyImmediate | Deferrable::InitiallyDeferred)) => {
            Some(Extra::Deferrable(mode))
        }
    }
}

const ORDINARY: &str = "btree";

impl Builder {
    /// What only some engines say about an index or a uniqueness rule over `keys` columns.
    pub(super) fn index_extras(&mut self, attrs: &IndexAttrs) -> Vec<Extra> {
        let mut extras: Vec<Extra> = attrs.using.iter().filter_map(method).collect();
        if let Some(include) = &attrs.include {
            let names = self.named(&include.value, "`include`");
            if names.is_empty() && include.value.is_empty() {
                self.errors.at(include.span, "`include(…)` has no column");
            }
            if let Some(key) =
                include.value.iter().find(|key| key.order == Order::Desc || !key.extras.is_empty())
            {
                self.errors.at(key.span, "a column that is only carried along has no order");
            }
            extras.push(Extra::Include(names.into_iter().map(Into::into).collect()));
        }
        extras.extend(attrs.nulls_not_distinct.iter().map(|_| Extra::NullsNotDistinct));
        extras.extend(deferred(attrs.deferrable.as_ref()));
        extras.extend(attrs.with.iter().flat_map(|with| with.value.clone()));
        extras.extend(attrs.comment.iter().map(|it| Extra::Comment(it.value.clone().into())));
        extras
    }

    /// That the way in which an index is kept can do what it is asked for.
    pub(super) fn index_fits(&mut self, keys: &[IndexKey], attrs: &IndexAttrs, token: Span) {
        if let Some(at) = &attrs.nulls_not_distinct
            && !attrs.unique
        {
            self.errors.at(at.span, "only a `unique` index asks whether NULLs are the same");
        }
        let Some(At { span, value: method }) = &attrs.using else { return };
        let (span, method) = (*span, method.as_str());
        // Others come with extensions, and nobody knows what they can do.
        if !["hash", "gin", "gist", "spgist", "brin", "fulltext", "spatial"].contains(&method)
            || (self.item.dialect == Dialect::Mysql && method == "hash")
        {
            return;
        }
        if attrs.unique {
            self.errors.at(span, format_args!("an index kept by `{method}` cannot be `unique`"));
        }
        let ordered = |key: &IndexKey| {
            key.order == Order::Desc
                || key.extras.has(&Extra::NullsFirst)
                || key.extras.has(&Extra::NullsLast)
        };
        if keys.iter().any(ordered) {
            self.errors.at(token, format_args!("an index kept by `{method}` has no order"));
        }
        if let Some(include) = &attrs.include
            && !["gist", "spgist"].contains(&method)
        {
            self.errors.at(
                include.span,
                format_args!("an index kept by `{method}` carries no columns along"),
            );
        }
        if keys.len() > 1 && ["hash", "spgist", "spatial"].contains(&method) {
            self.errors.at(span, format_args!("an index kept by `{method}` has one key"));
        }
    }
}
