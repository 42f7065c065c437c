use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::sql::{Kind, tokens};

use super::style;

/// SQL for the eye: comments step back, so that the statements stand out.
pub fn highlighted(sql: &str) -> String {
    tokens(sql.trim_end(), Dialect::Sqlite)
        .map(|token| match token.kind {
            Kind::Space if token.text.trim().is_empty() => token.text.to_owned(),
            Kind::Space => style::dim(token.text),
            Kind::Word | Kind::Quoted | Kind::String | Kind::Number | Kind::Punctuation => {
                token.text.to_owned()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_the_same_without_colours() {
        let sql = "-- why\nSELECT 'a -- b';\n";
        let shown = highlighted(sql);
        assert_ne!(shown, sql);
        assert_eq!(anstream::adapter::strip_str(&shown).to_string(), sql.trim_end());
    }
}
