//! Names, strings and user SQL, written so that they cannot be anything else.

use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::sql::{self, Kind};

/// A name as SQL: bare where it can be, in double quotes otherwise.
pub fn ident(name: &str) -> String {
    if sql::plain(name) && !is_keyword(name) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// Several names, separated by commas.
pub fn idents<S: AsRef<str>>(names: &[S]) -> String {
    names.iter().map(|name| ident(name.as_ref())).collect::<Vec<_>>().join(", ")
}

/// A text as a string literal.
pub fn string(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// SQL that somebody wrote, without comments and without parentheses round the whole: a trailing
/// `-- note` would swallow what is written behind it.
pub(crate) fn expr(text: &str) -> String {
    expr_of(text, Dialect::Sqlite)
}

/// The same as another engine reads it.
pub(crate) fn expr_of(text: &str, dialect: Dialect) -> String {
    let mut out = String::with_capacity(text.len());
    for token in sql::tokens(text, dialect) {
        let comment = token.text.starts_with("--") || token.text.starts_with("/*");
        if token.kind == Kind::Space && comment {
            out.push(' ');
        } else {
            out.push_str(token.text);
        }
    }
    let mut out = out.trim();
    while let Some(inner) = unwrapped(out, dialect) {
        out = inner.trim();
    }
    if query(out, dialect) { format!("({out})") } else { out.to_owned() }
}

/// Whether it is a value only in parentheses.
fn query(text: &str, dialect: Dialect) -> bool {
    let first = sql::tokens(text, dialect).find(|token| token.kind != Kind::Space);
    first.is_some_and(|first| {
        first.kind == Kind::Word && ["select", "values", "with"].iter().any(|it| first.is_name(it))
    })
}

fn unwrapped(text: &str, dialect: Dialect) -> Option<&str> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?;
    let mut depth = 0i32;
    for token in sql::tokens(inner, dialect) {
        match token.text {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return None;
        }
    }
    (depth == 0).then_some(inner)
}

/// The tokens of SQL in one spelling: words in lower case, names without needless quotes, lists of
/// literals in one order. Two texts with equal tokens mean the same to SQLite.
pub(crate) fn folded(text: &str) -> Vec<String> {
    let mut tokens: Vec<_> =
        sql::tokens(text, Dialect::Sqlite).filter(|token| token.kind != Kind::Space).collect();
    sql::sort_lists(&mut tokens);
    tokens
        .iter()
        .map(|token| match token.kind {
            Kind::Word => token.text.to_ascii_lowercase(),
            Kind::Quoted => match token.name() {
                Some(name) if sql::plain(&name) => name.to_ascii_lowercase(),
                Some(name) => ident(&name),
                None => token.text.to_owned(),
            },
            Kind::String | Kind::Number | Kind::Punctuation | Kind::Space => token.text.to_owned(),
        })
        .collect()
}

/// Whether two expressions mean the same but for spelling.
pub(crate) fn same(a: &str, b: &str) -> bool {
    folded(&expr(a)) == folded(&expr(b))
}

fn is_keyword(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    KEYWORDS.binary_search(&upper.as_str()).is_ok()
}

/// Every keyword of SQLite, and the two words that are literals; sorted.
const KEYWORDS: &[&str] = &[
    "ABORT",
    "ACTION",
    "ADD",
    "AFTER",
    "ALL",
    "ALTER",
    "ALWAYS",
    "ANALYZE",
    "AND",
    "AS",
    "ASC",
    "ATTACH",
    "AUTOINCREMENT",
    "BEFORE",
    "BEGIN",
    "BETWEEN",
    "BY",
    "CASCADE",
    "CASE",
    "CAST",
    "CHECK",
    "COLLATE",
    "COLUMN",
    "COMMIT",
    "CONFLICT",
    "CONSTRAINT",
    "CREATE",
    "CROSS",
    "CURRENT",
    "CURRENT_DATE",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "DATABASE",
    "DEFAULT",
    "DEFERRABLE",
    "DEFERRED",
    "DELETE",
    "DESC",
    "DETACH",
    "DISTINCT",
    "DO",
    "DROP",
    "EACH",
    "ELSE",
    "END",
    "ESCAPE",
    "EXCEPT",
    "EXCLUDE",
    "EXCLUSIVE",
    "EXISTS",
    "EXPLAIN",
    "FAIL",
    "FALSE",
    "FILTER",
    "FIRST",
    "FOLLOWING",
    "FOR",
    "FOREIGN",
    "FROM",
    "FULL",
    "GENERATED",
    "GLOB",
    "GROUP",
    "GROUPS",
    "HAVING",
    "IF",
    "IGNORE",
    "IMMEDIATE",
    "IN",
    "INDEX",
    "INDEXED",
    "INITIALLY",
    "INNER",
    "INSERT",
    "INSTEAD",
    "INTERSECT",
    "INTO",
    "IS",
    "ISNULL",
    "JOIN",
    "KEY",
    "LAST",
    "LEFT",
    "LIKE",
    "LIMIT",
    "MATCH",
    "MATERIALIZED",
    "NATURAL",
    "NO",
    "NOT",
    "NOTHING",
    "NOTNULL",
    "NULL",
    "NULLS",
    "OF",
    "OFFSET",
    "ON",
    "OR",
    "ORDER",
    "OTHERS",
    "OUTER",
    "OVER",
    "PARTITION",
    "PLAN",
    "PRAGMA",
    "PRECEDING",
    "PRIMARY",
    "QUERY",
    "RAISE",
    "RANGE",
    "RECURSIVE",
    "REFERENCES",
    "REGEXP",
    "REINDEX",
    "RELEASE",
    "RENAME",
    "REPLACE",
    "RESTRICT",
    "RETURNING",
    "RIGHT",
    "ROLLBACK",
    "ROW",
    "ROWS",
    "SAVEPOINT",
    "SELECT",
    "SET",
    "TABLE",
    "TEMP",
    "TEMPORARY",
    "THEN",
    "TIES",
    "TO",
    "TRANSACTION",
    "TRIGGER",
    "TRUE",
    "UNBOUNDED",
    "UNION",
    "UNIQUE",
    "UPDATE",
    "USING",
    "VACUUM",
    "VALUES",
    "VIEW",
    "VIRTUAL",
    "WHEN",
    "WHERE",
    "WINDOW",
    "WITH",
    "WITHIN",
    "WITHOUT",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_so_that_the_search_finds_them() {
        assert!(KEYWORDS.is_sorted());
        for word in KEYWORDS {
            assert_eq!(ident(&word.to_lowercase()), format!("\"{}\"", word.to_lowercase()));
        }
    }

    #[test]
    fn names_are_quoted_only_when_needed() {
        assert_eq!(ident("users"), "users");
        assert_eq!(ident("order"), "\"order\"");
        assert_eq!(ident("a b"), "\"a b\"");
        assert_eq!(ident("x\"; DROP TABLE y; --"), "\"x\"\"; DROP TABLE y; --\"");
        assert_eq!(ident("größe"), "\"größe\"");
        assert_eq!(ident("1st"), "\"1st\"");
    }

    #[test]
    fn user_sql_cannot_comment_out_what_follows() {
        assert_eq!(expr("a > 0 -- note"), "a > 0");
        assert_eq!(expr("((a) or (b)) /* x */"), "(a) or (b)");
        assert_eq!(expr("((SELECT min(id) FROM t))"), "(SELECT min(id) FROM t)");
        assert_eq!(expr("select 1"), "(select 1)");
        assert_eq!(expr("'--' || '/*'"), "'--' || '/*'");
    }
}
