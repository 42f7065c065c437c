//! Names in expressions that are columns, told from all the words that MySQL has of its own.

use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::sql::{self, Kind, Token};

use crate::errors::did_you_mean;

/// Names in an expression that are no column of the table and mean nothing else, each with a
/// suggestion.
pub(crate) fn strangers(sql: &str, table: &str, columns: &[&str]) -> Vec<(String, String)> {
    let solid: Vec<Token> =
        sql::tokens(sql, Dialect::Mysql).filter(|token| token.kind != Kind::Space).collect();
    let mut strangers = Vec::new();
    let mut type_name = false;
    for (at, token) in solid.iter().enumerate() {
        let next = solid.get(at + 1).map(|token| token.text);
        let previous = at.checked_sub(1).map(|at| solid[at].text.to_ascii_lowercase());
        match token.kind {
            Kind::Punctuation => type_name &= matches!(token.text, "(" | ","),
            Kind::Word | Kind::Quoted => {
                if token.text.eq_ignore_ascii_case("as") {
                    type_name = true;
                    continue;
                }
                let word = token.kind == Kind::Word;
                // `_utf8mb4'…'`, `date '2026-11-22'`: the word says what the text is.
                let prefix = word && solid.get(at + 1).is_some_and(|it| it.kind == Kind::String);
                let elsewhere = type_name
                    || prefix
                    || matches!(previous.as_deref(), Some("collate" | "set" | "using"))
                    || (word && (next == Some("(") || keyword(token.text)))
                    || (next == Some(".") && token.is_name(table));
                if elsewhere || columns.iter().any(|column| token.is_name(column)) {
                    continue;
                }
                let name = token.name().unwrap_or_default();
                let hint = did_you_mean(&name, columns.iter().copied());
                strangers.push((name, hint));
            }
            Kind::String | Kind::Number | Kind::Space => {}
        }
    }
    strangers
}

/// Whether an unquoted word is the server's own.
pub(super) fn keyword(word: &str) -> bool {
    KEYWORDS.split_ascii_whitespace().any(|own| own.eq_ignore_ascii_case(word))
}

/// Words that stand in expressions without being a name of anybody's.
const KEYWORDS: &str = "
    against and as asc between binary boolean both case cast char character charset collate convert
    current_date current_time current_timestamp current_user day day_hour day_microsecond
    day_minute day_second decimal desc distinct div else end escape exists false from hour
    hour_microsecond hour_minute hour_second in integer interval is json language leading like
    localtime localtimestamp match microsecond minute minute_microsecond minute_second mod mode
    month natural not null on or quarter regexp rlike second second_microsecond select separator
    set signed sounds then trailing true unknown unsigned using utc_date utc_time utc_timestamp
    week when where with xor year year_month";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_found_among_everything_that_is_none() {
        let columns = ["price", "full name", "kind", "at"];
        let found = |sql: &str| strangers(sql, "items", &columns);
        for sql in [
            "price >= 0 AND `full name` LIKE 'x%' COLLATE utf8mb4_bin",
            "kind <> 'it''s' and \"full name\" <> ''",
            "cast(items.price as decimal(12, 2)) > char_length(Kind)",
            "CASE WHEN kind IS NULL THEN true ELSE false END",
            "at + interval 1 day > now() and at > date '2026-11-22'",
            "json_valid(kind) and kind regexp '^a' xor kind <=> 'x'",
            "convert(kind using utf8mb4) = _latin1'x'",
            "cast(kind as char character set ascii) = 'x'",
        ] {
            assert_eq!(found(sql), [], "{sql}");
        }
        let [(name, hint)] = &found("prize >= 0")[..] else { panic!("one stranger") };
        assert_eq!((name.as_str(), hint.as_str()), ("prize", ": did you mean `price`?"));
    }
}
