//! Names made from other names.

use proc_macro2::Span;
use syn::Ident;

/// The table that Diesel infers for a struct: `FooBar` is `foo_bars`.
pub(crate) fn table(model: &str) -> String {
    format!("{}s", snake(model))
}

/// Snake case as Diesel makes it: one `_` before every capital letter.
pub(crate) fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for (at, letter) in name.char_indices() {
        if letter.is_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// An identifier without `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

/// The identifier of this name, raw when it is a keyword, or `None` when there is none.
pub(crate) fn ident(name: &str, span: Span) -> Option<Ident> {
    let mut ident = syn::parse_str::<Ident>(name)
        .or_else(|_| syn::parse_str::<Ident>(&format!("r#{name}")))
        .ok()?;
    ident.set_span(span);
    Some(ident)
}

/// Whether the modules that Diesel's `table!` makes have something else of this name, or code in
/// them means something else by it.
pub(crate) fn kept_by_diesel(column: &str) -> bool {
    let kept = ["all_columns", "bool", "columns", "diesel", "dsl", "q", "star", "str", "table"];
    kept.contains(&column)
}

/// How variants become labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl Rule {
    pub(crate) const ALL: [Rule; 8] = [
        Rule::Lower,
        Rule::Upper,
        Rule::Pascal,
        Rule::Camel,
        Rule::Snake,
        Rule::ScreamingSnake,
        Rule::Kebab,
        Rule::ScreamingKebab,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Rule::Lower => "lowercase",
            Rule::Upper => "UPPERCASE",
            Rule::Pascal => "PascalCase",
            Rule::Camel => "camelCase",
            Rule::Snake => "snake_case",
            Rule::ScreamingSnake => "SCREAMING_SNAKE_CASE",
            Rule::Kebab => "kebab-case",
            Rule::ScreamingKebab => "SCREAMING-KEBAB-CASE",
        }
    }

    /// The label of a variant.
    pub(crate) fn apply(self, variant: &str) -> String {
        match self {
            Rule::Pascal => variant.to_owned(),
            Rule::Lower => variant.to_ascii_lowercase(),
            Rule::Upper => variant.to_ascii_uppercase(),
            Rule::Camel => {
                let first = variant.chars().next().map_or(0, char::len_utf8);
                variant[..first].to_ascii_lowercase() + &variant[first..]
            }
            Rule::Snake => snake(variant),
            Rule::ScreamingSnake => snake(variant).to_ascii_uppercase(),
            Rule::Kebab => snake(variant).replace('_', "-"),
            Rule::ScreamingKebab => snake(variant).to_ascii_uppercase().replace('_', "-"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_named_as_diesel_infers_them() {
        assert_eq!(table("Foo"), "foos");
        assert_eq!(table("FooBarBaz"), "foo_bar_bazs");
        assert_eq!(table("HTTPLog"), "h_t_t_p_logs");
    }

    #[test]
    fn rules_are_those_of_serde() {
        let labels: Vec<String> = Rule::ALL.iter().map(|rule| rule.apply("VeryTasty")).collect();
        assert_eq!(
            labels,
            [
                "verytasty",
                "VERYTASTY",
                "VeryTasty",
                "veryTasty",
                "very_tasty",
                "VERY_TASTY",
                "very-tasty",
                "VERY-TASTY"
            ]
        );
        assert_eq!(Rule::Snake.apply("Z42"), "z42");
    }

    #[test]
    fn keywords_become_raw_identifiers() {
        let name = |text| ident(text, Span::call_site()).map(|ident| ident.to_string());
        assert_eq!(name("type").as_deref(), Some("r#type"));
        assert_eq!(name("email").as_deref(), Some("email"));
        assert_eq!(name("two words"), None);
        assert_eq!(name(""), None);
    }
}
