//! Names in expressions: which words are columns, and what they are called after a rename.

use super::{Kind, Token, is_reserved, plain, tokens};
use crate::Dialect;

/// The tokens that may name a column: words and quoted names that are no keyword, no type, no
/// collation, no table in front of a dot, no field behind one and no name of a function.
pub fn names(sql: &str, dialect: Dialect) -> impl Iterator<Item = Token<'_>> {
    let tokens: Vec<Token> = tokens(sql, dialect).collect();
    let found = column_names(&tokens, dialect);
    let all = tokens.into_iter().zip(found);
    all.filter(|(_, may_be)| *may_be).map(|(token, _)| token)
}

/// The text after columns were renamed, all at once, from the first name of each pair to the
/// second. The rest of the text stays as it is.
pub fn rename(sql: &str, renames: &[(&str, &str)], dialect: Dialect) -> String {
    let tokens: Vec<Token> = tokens(sql, dialect).collect();
    let found = column_names(&tokens, dialect);
    let mut out = String::with_capacity(sql.len());
    for (token, may_be) in tokens.iter().zip(found) {
        let renamed = renames.iter().find(|(from, _)| may_be && token.is_column(from, dialect));
        match renamed {
            Some((_, to)) if token.kind == Kind::Word && is_bare(to, dialect) => out.push_str(to),
            Some((_, to)) => out.push_str(&format!("\"{}\"", to.replace('"', "\"\""))),
            None => out.push_str(token.text),
        }
    }
    out
}

/// Whether the engine reads the word as this very name without quotes.
fn is_bare(name: &str, dialect: Dialect) -> bool {
    let is_kept = match dialect {
        Dialect::Sqlite | Dialect::Mysql => true,
        Dialect::Postgres => !name.bytes().any(|byte| byte.is_ascii_uppercase()),
    };
    is_kept && plain(name) && !is_reserved(name)
}

/// The text with `table.` in front of column names taken away: where there is one table only it
/// says nothing, and it would have to follow when the table is renamed or made anew.
pub fn unqualified(sql: &str, table: &str, dialect: Dialect) -> String {
    let tokens: Vec<Token> = tokens(sql, dialect).collect();
    let mut out = String::with_capacity(sql.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let solid = |from: usize| {
            let next = tokens.iter().enumerate().skip(from);
            next.filter(|(_, token)| token.kind != Kind::Space).map(|(at, _)| at).next()
        };
        let is_table = token.is_column(table, dialect);
        let dot = solid(at + 1).filter(|dot| tokens[*dot].text == "." && is_table);
        match dot {
            Some(dot) => at = solid(dot + 1).unwrap_or(tokens.len()),
            None => {
                out.push_str(token.text);
                at += 1;
            }
        }
    }
    out
}

/// For each token of an expression whether it may name a column; see [`names`].
pub fn column_names(tokens: &[Token<'_>], dialect: Dialect) -> Vec<bool> {
    let mut found = vec![false; tokens.len()];
    let solid = tokens.iter().enumerate().filter(|(_, token)| token.kind != Kind::Space);
    let (places, solid): (Vec<usize>, Vec<Token<'_>>) = solid.map(|(at, it)| (at, *it)).unzip();
    let mut keywords = Keywords::default();
    let mut types = Types::None;
    for (at, token) in solid.iter().enumerate() {
        let is_keyword = keywords.next(token);
        let is_type = types.next(token, solid[..at].last());
        let is_name = matches!(token.kind, Kind::Word | Kind::Quoted) && !is_keyword && !is_type;
        found[places[at]] = is_name && !is_other(&solid, at, dialect);
    }
    found
}

/// Whether what stands around a name says that it is no column.
fn is_other(solid: &[Token<'_>], at: usize, dialect: Dialect) -> bool {
    let text = |at: Option<usize>| at.and_then(|at| solid.get(at)).map_or("", |token| token.text);
    let after = |steps: usize| text(Some(at + steps));
    let before = |steps: usize| text(at.checked_sub(steps));
    let is_word = solid[at].kind == Kind::Word;
    let is = |text: &str, word: &str| text.eq_ignore_ascii_case(word);
    // `lower(a)`, `items.price`, `pg_catalog.lower(a)`.
    let leads = is_word && after(1) == "(" || after(1) == ".";
    let collates = is(before(1), "collate") || before(1) == "." && is(before(3), "collate");
    leads
        || collates
        || match dialect {
            Dialect::Sqlite => false,
            // `date '2026-11-26'`: the word says what the text is.
            Dialect::Mysql => {
                is_word && solid.get(at + 1).is_some_and(|it| it.kind == Kind::String)
            }
            Dialect::Postgres => {
                let tells = solid.get(at + 1).is_some_and(|it| it.kind == Kind::String);
                // `make_interval(days => 3)`.
                let argument =
                    after(1) == "=" && after(2) == ">" || after(1) == ":" && after(2) == "=";
                // `(address).city`.
                let field = before(1) == "." && before(2) == ")";
                // `extract(year from at)`.
                let unit = before(1) == "(" && is(before(2), "extract");
                let zone = is(before(1), "at")
                    && is(solid[at].text, "time")
                    && is(after(1), "zone")
                    || is(before(2), "at") && is(before(1), "time") && is(solid[at].text, "zone")
                    || is(solid[at].text, "at") && is(after(1), "time") && is(after(2), "zone");
                field || argument || is_word && (tells || unit || zone)
            }
        }
}

/// Tells keywords from names, one token after the other.
#[derive(Default)]
struct Keywords {
    /// How many `CASE` wait for their `END`, which is a name elsewhere.
    cases: usize,
}

impl Keywords {
    /// Whether the next token can be no name.
    fn next(&mut self, token: &Token<'_>) -> bool {
        if token.kind != Kind::Word {
            return false;
        }
        if token.text.eq_ignore_ascii_case("END") {
            let closes = self.cases > 0;
            self.cases = self.cases.saturating_sub(1);
            return closes;
        }
        self.cases += usize::from(token.text.eq_ignore_ascii_case("CASE"));
        is_keyword(token.text)
    }
}

/// Whether no engine takes the word for a name.
pub(super) fn is_keyword(word: &str) -> bool {
    NEVER_NAMES.split(' ').any(|own| own.eq_ignore_ascii_case(word))
}

const NEVER_NAMES: &str =
    "AND AS BETWEEN CASE COLLATE DISTINCT ELSE FROM IN IS NOT NULL OR ORDER SELECT THEN WHEN WHERE";

/// Tells types from names: they stand behind `AS` and `::`.
enum Types {
    None,
    /// The next name is one, or a part of one.
    Begins,
    /// It may go on: `timestamp(3) with time zone[]`.
    GoesOn,
    /// What stands in parentheses behind it.
    Inside,
}

impl Types {
    /// Whether the next token is part of a type.
    fn next(&mut self, token: &Token<'_>, before: Option<&Token<'_>>) -> bool {
        let more = ["precision", "varying", "with", "without", "time", "zone"];
        let is_name = matches!(token.kind, Kind::Word | Kind::Quoted);
        let goes_on = more.iter().any(|word| token.text.eq_ignore_ascii_case(word));
        let cast = token.text == ":" && before.is_some_and(|before| before.text == ":");
        let (now, is_type) = match self {
            Types::Begins if is_name => (Types::GoesOn, true),
            Types::GoesOn if token.kind == Kind::Word && goes_on => (Types::GoesOn, true),
            Types::GoesOn if token.text == "." => (Types::Begins, true),
            Types::GoesOn if token.text == "(" => (Types::Inside, true),
            Types::Inside if token.text == ")" => (Types::GoesOn, true),
            Types::Inside => (Types::Inside, true),
            _ if cast => (Types::Begins, false),
            _ if token.kind == Kind::Word && token.text.eq_ignore_ascii_case("as") => {
                (Types::Begins, false)
            }
            Types::None | Types::Begins | Types::GoesOn => (Types::None, false),
        };
        *self = now;
        is_type
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Dialect::{Mysql, Postgres, Sqlite};

    #[test]
    fn renames_reach_names_only() {
        let renames = [("name", "full name"), ("len", "size")];
        for dialect in Dialect::ALL {
            let rename = |sql, renames: &[(&str, &str)]| rename(sql, renames, dialect);
            assert_eq!(
                rename("length(name) > len and len(name) <> 'name'", &renames),
                "length(\"full name\") > size and len(\"full name\") <> 'name'"
            );
            assert_eq!(rename("a < b", &[("a", "b"), ("b", "a")]), "b < a");
            assert_eq!(
                rename("CASE WHEN a AND \"and\" THEN \"end\" END", &[("end", "x"), ("and", "y")]),
                "CASE WHEN a AND \"y\" THEN \"x\" END"
            );
            assert_eq!(rename("end > 1 or CASE x END", &[("end", "y")]), "y > 1 or CASE x END");
            assert_eq!(rename("rank > 1", &[("rank", "order")]), "\"order\" > 1");
            assert_eq!(
                rename("CAST(text AS text) = items.text COLLATE text", &[("text", "body")]),
                "CAST(body AS text) = items.body COLLATE text"
            );
            assert_eq!(rename("items.price > items", &[("items", "x")]), "items.price > x");
        }
    }

    #[test]
    fn case_counts_where_the_engine_says_so() {
        for dialect in [Sqlite, Mysql] {
            assert_eq!(rename("\"A\" < A", &[("a", "b")], dialect), "\"b\" < b");
            assert_eq!(rename("a < 1", &[("a", "B")], dialect), "B < 1");
        }
        let both = [("A", "big"), ("a", "small")];
        assert_eq!(rename("\"A\" < A + a", &both, Postgres), "\"big\" < small + small");
        assert_eq!(rename("a < 1", &[("a", "B")], Postgres), "\"B\" < 1");
    }

    #[test]
    fn brackets_and_backticks_are_quotes_on_some_engines() {
        let renames = [("a", "x"), ("b", "y z")];
        assert_eq!(rename("ARRAY[a, b] <> c[a]", &renames, Postgres), "ARRAY[x, \"y z\"] <> c[x]");
        assert_eq!(rename("[a] < [a b]", &renames, Sqlite), "\"x\" < [a b]");
        assert_eq!(rename("`a` < `b`", &renames, Sqlite), "\"x\" < \"y z\"");
        assert_eq!(rename("`a` < `b`", &renames, Mysql), "\"x\" < \"y z\"");
    }

    #[test]
    fn what_only_postgres_says_is_no_column() {
        let columns = ["date", "time", "zone", "at", "year", "city", "days", "text", "c"];
        let renames: Vec<(&str, &str)> = columns.iter().map(|it| (*it, "x")).collect();
        for (sql, renamed) in [
            ("date::date > DATE '2026-11-26'", "x::date > DATE '2026-11-26'"),
            ("at at time zone 'utc' < time", "x at time zone 'utc' < x"),
            ("at::timestamp(3) with time zone > zone", "x::timestamp(3) with time zone > x"),
            ("extract(year from at) = year", "extract(year from x) = x"),
            ("(c).city = city", "(x).city = x"),
            ("make_interval(days => days)", "make_interval(days => x)"),
            ("text::text IS NULL OR c > 1", "x::text IS NULL OR x > 1"),
            ("f(text::pg_catalog.text, time)", "f(x::pg_catalog.text, x)"),
            ("text COLLATE pg_catalog.c < E'c\\' c'", "x COLLATE pg_catalog.c < E'c\\' c'"),
            ("$$ text $$ <> text", "$$ text $$ <> x"),
        ] {
            assert_eq!(rename(sql, &renames, Postgres), renamed);
        }
    }

    #[test]
    fn the_own_table_is_no_part_of_a_name() {
        assert_eq!(
            unqualified("items.price > 0 or ITEMS . \"a b\" < b.c", "items", Sqlite),
            "price > 0 or \"a b\" < b.c"
        );
        assert_eq!(
            unqualified("\"my \"\"t\".x = 'items.x' and items > 1", "my \"t", Sqlite),
            "x = 'items.x' and items > 1"
        );
        assert_eq!(unqualified("\"Items\".a < Items.b", "items", Postgres), "\"Items\".a < b");
    }

    #[test]
    fn names_leave_out_functions_keywords_and_strings() {
        let found: Vec<_> = names("lower(email) like 'email%' and \"x y\" is null", Sqlite)
            .map(|token| token.text)
            .collect();
        assert_eq!(found, ["email", "like", "\"x y\""]);
    }
}
