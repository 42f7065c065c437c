//! What the engines say in the same words of a changed column.

use diesel_autogen_schema::Column;

/// Whether NULL may be in it now.
pub(super) fn nullability(after: &Column) -> String {
    let now = if after.nullable { "optional" } else { "required" };
    format!("make {} {now}", after.name)
}

/// What it holds now where nothing is said.
pub(super) fn default(after: &Column) -> String {
    let name = &after.name;
    match &after.default {
        Some(default) => format!("let {name} default to {}", default.as_str()),
        None => format!("drop the default of {name}"),
    }
}

/// How it is collated now; `plainly` is how a column is of which nothing is said.
pub(super) fn collation(after: &Column, plainly: &str) -> String {
    let name = &after.name;
    match &after.collation {
        Some(collation) => format!("collate {name} by {collation}"),
        None => format!("collate {name} {plainly}"),
    }
}

/// That it is computed now, is not any more, or is in another way.
pub(super) fn computing(before: &Column, after: &Column) -> Option<String> {
    let name = &after.name;
    match (&before.generated, &after.generated) {
        (None, Some(_)) => Some(format!("compute {name}")),
        (Some(_), None) => Some(format!("no longer compute {name}")),
        (Some(a), Some(b)) if a != b => Some(format!("compute {name} in another way")),
        (Some(_), Some(_)) | (None, None) => None,
    }
}
