//! Names in expressions that are columns, told from all the words that PostgreSQL has of its own.

use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::sql::{self, Kind, Token};

use crate::errors::did_you_mean;

/// Names in an expression that are no column of the table and mean nothing else, each with a
/// suggestion.
pub(crate) fn strangers(sql: &str, table: &str, columns: &[&str]) -> Vec<(String, String)> {
    let solid: Vec<Token> =
        sql::tokens(sql, Dialect::Postgres).filter(|token| token.kind != Kind::Space).collect();
    let mut strangers = Vec::new();
    let mut type_name = false;
    for (at, token) in solid.iter().enumerate() {
        let text = |at: Option<&Token>| at.map(|token| token.text.to_ascii_lowercase());
        let before = |steps: usize| at.checked_sub(steps).and_then(|at| solid.get(at));
        let (next, previous) = (text(solid.get(at + 1)), text(before(1)));
        let (next, previous) = (next.as_deref(), previous.as_deref());
        match token.kind {
            Kind::Punctuation => {
                // A type has dots and parentheses in it, and `::` stands before one.
                let cast = token.text == ":" && previous == Some(":");
                type_name = cast || (type_name && matches!(token.text, "." | "("));
            }
            Kind::Word | Kind::Quoted => {
                if token.text.eq_ignore_ascii_case("as") {
                    type_name = true;
                    continue;
                }
                let word = token.kind == Kind::Word;
                let called = word && (next == Some("(") || keyword(token.text));
                // `E'…'`, `date '2026-11-22'`: the word says what the text is.
                let prefix = word && solid.get(at + 1).is_some_and(|it| it.kind == Kind::String);
                // A field of a composite value, or a part of a function's or operator's name.
                let named = matches!(
                    solid.get(at + 2).map(|token| token.kind),
                    Some(Kind::Word | Kind::Quoted)
                );
                let function = solid.get(at + 3).is_some_and(|token| token.text == "(");
                let whose = next == Some(".") && (is_column(token, table) || function || !named);
                let part = previous == Some(".") || whose;
                // `extract(year from at)`.
                let unit = previous == Some("(")
                    && before(2).is_some_and(|it| it.text.eq_ignore_ascii_case("extract"));
                if type_name
                    || called
                    || prefix
                    || part
                    || unit
                    || previous == Some("collate")
                    || columns.iter().any(|column| is_column(token, column))
                {
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

/// Whether a token is this column: without quotes the server reads it in lower case.
pub(crate) fn is_column(token: &Token, column: &str) -> bool {
    token.is_column(column, Dialect::Postgres)
}

/// Whether an unquoted word is the server's own.
pub(crate) fn keyword(word: &str) -> bool {
    KEYWORDS.split_ascii_whitespace().any(|own| own.eq_ignore_ascii_case(word))
}

/// Words that stand in expressions without being a name of anybody's.
const KEYWORDS: &str = "
    all and any array as asc asymmetric at between both by case cast collate current_catalog
    current_date current_role current_schema current_time current_timestamp current_user desc
    distinct document else end escape except exists false filter first following for from group
    having ilike in interval intersect is isnull json last leading like limit local localtime
    localtimestamp nfc nfd nfkc nfkd normalized not notnull null nulls offset on operator or order
    over overlaps placing partition preceding range row rows select session_user similar some
    symmetric then time timestamp to trailing true unbounded union unknown user using value values
    when where window with within without xmlparse zone";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_found_among_everything_that_is_none() {
        let columns = ["price", "Full Name", "kind", "at", "tags", "addr", "during"];
        let none = [
            "price >= 0 AND \"Full Name\" ILIKE 'x%' COLLATE \"C\"",
            "Items.price::double precision > length(Kind)",
            "CAST(price AS numeric(12, 2)) = kind::public.money_amount",
            "extract(year from at) = 2026 and at at time zone 'utc' < now()",
            "kind = any(array['a', 'b']::text[]) and tags[1] = 'x' and tags @> array[kind]",
            "(addr).city is not distinct from E'it' or (addr).\"Zip\" = ''",
            "at > date '2026-11-22' + interval '1 day'",
            "during && tstzrange(at, null, '[)')",
            "CASE WHEN kind IS NULL THEN true ELSE false END",
            "pg_catalog.lower(kind) operator(pg_catalog.=) 'x'",
            "substring(kind from 1 for 2) similar to 'a%' escape '!'",
            "tags <@ '{a,b}'::text[] and price % 2 = 0",
        ];
        for sql in none {
            assert_eq!(strangers(sql, "items", &columns), [], "{sql}");
        }
        for (sql, name) in [
            ("prize >= 0", "prize"),
            ("\"full name\" = ''", "full name"),
            ("array[kind, knd] = tags", "knd"),
            ("orders.price > 0", "orders"),
            ("price::text = kindd", "kindd"),
        ] {
            let found: Vec<String> =
                strangers(sql, "items", &columns).into_iter().map(|(name, _)| name).collect();
            assert_eq!(found, [name], "{sql}");
        }
    }
}
