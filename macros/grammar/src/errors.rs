use std::fmt::Display;

use proc_macro2::Span;

/// Collects mistakes, so that a user sees all of them at once.
#[derive(Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    pub(crate) fn at(&mut self, span: Span, message: impl Display) {
        self.0.push(syn::Error::new(span, message));
    }

    /// The value, or nothing after its error was kept.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.0.push(error)).ok()
    }

    /// How many there are so far.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn finish<T>(self, value: T) -> Result<T, Vec<syn::Error>> {
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }

    pub(crate) fn into_vec(self) -> Vec<syn::Error> {
        self.0
    }
}

/// `: did you mean `x`?` when one of the options is close to the word, else nothing.
pub(crate) fn did_you_mean<'a>(word: &str, options: impl IntoIterator<Item = &'a str>) -> String {
    options
        .into_iter()
        .map(|option| (strsim::jaro_winkler(&word.to_lowercase(), &option.to_lowercase()), option))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, option)| format!(": did you mean `{option}`?"))
        .unwrap_or_default()
}
