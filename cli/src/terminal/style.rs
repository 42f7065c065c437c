use std::fmt::Display;

use owo_colors::OwoColorize;

/// A heading.
pub(super) fn heading(text: impl Display) -> String {
    text.bold().to_string()
}

/// Something of little weight.
pub(super) fn dim(text: impl Display) -> String {
    text.dimmed().to_string()
}

/// Something that came.
pub(super) fn added(text: impl Display) -> String {
    text.green().to_string()
}

/// Something that went.
pub(super) fn removed(text: impl Display) -> String {
    text.red().to_string()
}

/// A place in a text.
pub(super) fn place(text: impl Display) -> String {
    text.cyan().to_string()
}

/// The word before a warning.
pub(super) fn warning(text: impl Display) -> String {
    text.yellow().bold().to_string()
}

/// The word before an error.
pub(super) fn error(text: impl Display) -> String {
    text.red().bold().to_string()
}
