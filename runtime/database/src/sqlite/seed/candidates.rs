//! Values worth trying in a column, as SQL.

use diesel_autogen_schema::sql::{Kind, Token};
use diesel_autogen_schema::{Check, Column, Dialect, Expr, SqlType, Table};

use crate::Value;
use crate::ident::solid;
use crate::sqlite::text::unquoted;

/// Candidates for a column of its own: what conditions mention first, then what its type holds.
/// `NULL` is not among them. The second list is for conditions that want values of another kind.
/// `readers` are expressions that the values go into; `known` says that the type is a model's, not
/// merely what a declaration comes near to.
pub(crate) fn of(
    table: &Table,
    column: &Column,
    readers: &[Expr],
    known: bool,
) -> (Vec<String>, Vec<String>) {
    let mut found = hinted(table, column, readers);
    let key = table.primary_key.contains(&column.name)
        || table.uniques.iter().any(|unique| unique.columns.contains(&column.name))
        || table.indexes.iter().any(|index| index.unique);
    of_type(column, known, &mut found);
    if key {
        more(column, &mut found);
    }
    let mut unique = Vec::new();
    for candidate in found {
        if !unique.contains(&candidate) {
            unique.push(candidate);
        }
    }
    unique.into_iter().partition(|candidate| conforms(candidate, &column.sql_type))
}

/// What conditions and other expressions over the column suggest.
pub(crate) fn hinted(table: &Table, column: &Column, readers: &[Expr]) -> Vec<String> {
    let mut found = Vec::new();
    for check in
        table.checks.iter().filter(|check| check.expr.mentions(&column.name, Dialect::Sqlite))
    {
        mentioned(check, column, &mut found);
    }
    let checks = table.checks.iter().map(|check| &check.expr);
    let computed = table.columns.iter().filter_map(|it| it.generated.as_ref()).map(|it| &it.expr);
    let keys = table.indexes.iter().flat_map(|index| {
        index.keys.iter().filter(|key| !key.is_column).map(|key| &key.expr).chain(&index.predicate)
    });
    for reader in checks.chain(computed).chain(keys).chain(readers) {
        if reader.mentions(&column.name, Dialect::Sqlite) {
            readable(reader, column, &mut found);
        }
    }
    found
}

/// Whether the literal is of the kind that the type keeps.
fn conforms(literal: &str, of: &SqlType) -> bool {
    let text = literal.starts_with('\'');
    let blob = literal.starts_with("X'") || literal.starts_with("jsonb(");
    match of {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt | SqlType::Bool => {
            !text && !blob && !literal.contains('.')
        }
        SqlType::Float | SqlType::Double | SqlType::Numeric { .. } => !text && !blob,
        SqlType::Text { .. } | SqlType::Enum(_) | SqlType::Json => text,
        // Other texts would be taken for dates where the type is one.
        SqlType::Date
        | SqlType::Time { .. }
        | SqlType::Timestamp { .. }
        | SqlType::TimestamptzSqlite => text && literal.contains([':', '-']),
        SqlType::Binary | SqlType::Jsonb => blob,
        SqlType::Custom(_) | SqlType::Pg(_) | SqlType::My(_) => true,
    }
}

fn of_type(column: &Column, known: bool, found: &mut Vec<String>) {
    let literals: &[&str] = match &column.sql_type {
        SqlType::SmallInt if column.identity.is_some() && known => &["1", "2", "32767", "3"],
        SqlType::Integer if column.identity.is_some() && known => &["1", "2", "2147483647", "3"],
        // A key may be the rowid; 2^53 + 1 is the first number that a float cannot hold.
        _ if column.identity.is_some() => &["1", "2", "9007199254740993", "3"],
        SqlType::SmallInt => &["7", "-32768", "32767", "0"],
        SqlType::Integer => &["42", "-2147483648", "2147483647", "0"],
        SqlType::BigInt => {
            &["42", "(-9223372036854775807 - 1)", "9223372036854775807", "9007199254740993", "0"]
        }
        SqlType::Float => &["1.5", "-0.1", "1e30", "0.0"],
        SqlType::Double => &["1.5", "-0.1", "1.7976931348623157e308", "0.0"],
        SqlType::Numeric { .. } => &["12.5", "-1", "0.1", "3"],
        SqlType::Bool => &["1", "0"],
        SqlType::Text { max_length } => return texts(*max_length, found),
        SqlType::Enum(_) => return texts(None, found),
        SqlType::Binary => &["X'00FF27'", "X''", "X'6162'"],
        SqlType::Date => &["'2024-02-29'", "'1970-01-01'", "'9999-12-31'"],
        SqlType::Time { .. } => &["'12:34:56'", "'00:00:00'", "'23:59:59.999999'"],
        SqlType::Timestamp { .. } => {
            &["'2024-02-29 12:34:56'", "'1970-01-01 00:00:00'", "'2038-01-19 03:14:08.123456'"]
        }
        SqlType::TimestamptzSqlite => {
            &["'2024-02-29 12:34:56+00:00'", "'1970-01-01 00:00:00+00:00'"]
        }
        SqlType::Json => &["'{\"a\": [1, \"ü\"]}'", "'[]'", "'null'"],
        SqlType::Jsonb => &["jsonb('{\"a\": [1, \"ü\"]}')", "jsonb('[]')"],
        SqlType::Custom(_) | SqlType::Pg(_) | SqlType::My(_) => &["'custom ü'", "1", "'it''s'"],
    };
    found.extend(literals.iter().map(|literal| (*literal).to_owned()));
}

fn texts(max_length: Option<u32>, found: &mut Vec<String>) {
    let fits = |text: &str| match max_length {
        Some(most) => text.chars().take(usize::try_from(most).unwrap_or(usize::MAX)).collect(),
        None => text.to_owned(),
    };
    for text in ["plain", "it's \"quoted\" `so`", "Ünï ☃ 名前", "line\nbreak -- no; comment", ""]
    {
        found.push(Value::Text(fits(text)).to_string());
    }
}

/// More of the same, so that columns that must differ can.
fn more(column: &Column, found: &mut Vec<String>) {
    for number in 101..121 {
        found.push(match &column.sql_type {
            SqlType::Text { .. }
            | SqlType::Enum(_)
            | SqlType::Custom(_)
            | SqlType::Pg(_)
            | SqlType::My(_) => {
                format!("'u{number}'")
            }
            SqlType::Binary => format!("X'0{number}'"),
            SqlType::Date => format!("'2{number}-01-01'"),
            SqlType::Time { .. } => format!("'01:02:03.{number}'"),
            SqlType::Timestamp { .. } => format!("'2{number}-01-01 00:00:00'"),
            SqlType::TimestamptzSqlite => format!("'2{number}-01-01 00:00:00+00:00'"),
            SqlType::Json => format!("'{number}'"),
            SqlType::Jsonb => format!("jsonb('{number}')"),
            SqlType::SmallInt
            | SqlType::Integer
            | SqlType::BigInt
            | SqlType::Float
            | SqlType::Double
            | SqlType::Numeric { .. }
            | SqlType::Bool => number.to_string(),
        });
    }
}

/// What a condition itself suggests: its literals, numbers beside them, texts of these lengths,
/// texts that fit its patterns.
fn mentioned(check: &Check, column: &Column, found: &mut Vec<String>) {
    let tokens = solid(check.expr.as_str(), Dialect::Sqlite);
    let names = |word: &str| tokens.iter().any(|token| token.is_name(word));
    let textual = matches!(column.sql_type, SqlType::Text { .. } | SqlType::Custom(_));
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        match token.kind {
            Kind::String => literal(token, before, found),
            Kind::Number => {
                let negative = before.is_some_and(|before| before.text == "-");
                numbers(token.text, negative, found);
                if names("length") || names("octet_length") {
                    lengths(token.text, textual, found);
                }
            }
            Kind::Word | Kind::Quoted | Kind::Punctuation | Kind::Space => {}
        }
    }
    for case in ["lower", "upper"].into_iter().filter(|case| textual && names(case)) {
        found.extend(["a", "bc", "def"].map(|text| {
            let text = if case == "lower" { text.to_owned() } else { text.to_uppercase() };
            format!("'{text}'")
        }));
    }
}

/// Texts that the functions in an expression can read.
fn readable(reader: &Expr, column: &Column, found: &mut Vec<String>) {
    let names: Vec<String> = solid(reader.as_str(), Dialect::Sqlite)
        .iter()
        .filter_map(Token::name)
        .map(|it| it.to_lowercase())
        .collect();
    let textual = match &column.sql_type {
        SqlType::Text { .. } | SqlType::Custom(_) | SqlType::Pg(_) | SqlType::My(_) => true,
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Float
        | SqlType::Double
        | SqlType::Numeric { .. }
        | SqlType::Bool
        | SqlType::Binary
        | SqlType::Date
        | SqlType::Time { .. }
        | SqlType::Timestamp { .. }
        | SqlType::TimestamptzSqlite
        | SqlType::Json
        | SqlType::Jsonb
        | SqlType::Enum(_) => false,
    };
    if !textual {
        return;
    }
    let has = |words: &[&str]| names.iter().any(|name| words.contains(&name.as_str()));
    // Operators that take a document apart: `body ->> '$.kind'`.
    let arrow = reader.as_str().contains("->");
    if arrow || names.iter().any(|name| name.starts_with("json")) {
        found.extend(["'{}'", "'[1, 2]'", "'\"x\"'"].map(str::to_owned));
    }
    if has(&["date", "datetime", "time", "julianday", "unixepoch", "strftime", "timediff"]) {
        found.extend(["'2024-02-29 12:34:56'", "'1999-12-31 23:59:59'"].map(str::to_owned));
    }
    if has(&["integer", "int", "real", "numeric", "abs", "round", "bigint", "smallint"]) {
        found.extend(["'7'", "'-12'", "'3'"].map(str::to_owned));
    }
}

fn literal(token: &Token<'_>, before: Option<&Token<'_>>, found: &mut Vec<String>) {
    let pattern = |word: &str| before.is_some_and(|before| before.is_name(word));
    let glob = pattern("glob");
    if !glob && !pattern("like") {
        found.push(token.text.to_owned());
        return;
    }
    let text = unquoted(token.text);
    for letter in ["abc", "b", "7", "C"] {
        found.push(Value::Text(fitting(&text, glob, letter)).to_string());
    }
}

/// A text that fits the pattern, with `filler` where the pattern leaves it open.
fn fitting(pattern: &str, glob: bool, filler: &str) -> String {
    let one = filler.chars().next().unwrap_or('a');
    let mut text = String::new();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '%' if !glob => text.push_str(filler),
            '_' if !glob => text.push(one),
            '*' if glob => text.push_str(filler),
            '?' if glob => text.push(one),
            '[' if glob => {
                let class: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                let negated = class.starts_with('^');
                text.push(class.chars().next().filter(|_| !negated).unwrap_or(one));
            }
            letter => text.push(letter),
        }
    }
    text
}

fn numbers(text: &str, negative: bool, found: &mut Vec<String>) {
    let sign = if negative { -1 } else { 1 };
    if let Ok(number) = text.parse::<i64>() {
        for near in [0, 1, -1, 10, 100] {
            if let Some(near) = number.checked_mul(sign).and_then(|it| it.checked_add(near)) {
                found.push(Value::Integer(near).to_string());
            }
        }
    } else if let Ok(number) = text.parse::<f64>() {
        for near in [0.0, 0.25, -0.25, 1.0, -1.0] {
            found.push(Value::Real(number * f64::from(sign as i32) + near).to_string());
        }
    }
}

fn lengths(text: &str, textual: bool, found: &mut Vec<String>) {
    let Ok(length) = text.parse::<usize>() else { return };
    let around = [length, length + 1, length.saturating_sub(1)];
    for length in around.into_iter().filter(|length| *length <= 1_000) {
        if textual {
            found.extend(["x", "7", "ü"].map(|letter| format!("'{}'", letter.repeat(length))));
        } else {
            found.extend(["00", "FF", "27"].map(|byte| format!("X'{}'", byte.repeat(length))));
        }
    }
}
