//! What conditions suggest for a column: their literals, numbers beside them, texts of these
//! lengths, texts that fit their patterns.

use diesel_autogen_schema::sql::{Kind, Token};
use diesel_autogen_schema::{Column, Dialect, Expr, Table};

use super::pattern;
use crate::Value;
use crate::ident::solid;

/// Suggestions of every condition and every expression that speaks of the column, which is of the
/// type that is written like this.
pub(super) fn of(table: &Table, column: &Column, readers: &[Expr], sql: &str) -> Vec<String> {
    let checks = table.checks.iter().map(|check| &check.expr);
    let computed = table.columns.iter().filter_map(|it| it.generated.as_ref()).map(|it| &it.expr);
    let keys = table.indexes.iter().flat_map(|index| {
        index.keys.iter().filter(|key| !key.is_column).map(|key| &key.expr).chain(&index.predicate)
    });
    let mut found = Vec::new();
    for check in checks.clone().filter(|check| check.mentions(&column.name, Dialect::Postgres)) {
        mentioned(check.as_str(), sql, &mut found);
    }
    let all = checks.chain(computed).chain(keys).chain(readers);
    for reader in all.filter(|expr| expr.mentions(&column.name, Dialect::Postgres)) {
        readable(reader.as_str(), sql, &mut found);
    }
    found
}

/// Whether rows have to differ in the column, alone or together with others.
pub(super) fn must_differ(table: &Table, column: &str) -> bool {
    let among = |columns: &[diesel_autogen_schema::Text]| columns.iter().any(|it| it == column);
    among(&table.primary_key)
        || table.uniques.iter().any(|unique| among(&unique.columns))
        || table.indexes.iter().any(|index| {
            index.unique && index.keys.iter().any(|key| key.mentions(column, Dialect::Postgres))
        })
        || table.exclusions.iter().any(|it| {
            it.elements.iter().any(|element| element.key.mentions(column, Dialect::Postgres))
        })
}

/// Suggestions of one condition.
pub(super) fn mentioned(condition: &str, sql: &str, found: &mut Vec<String>) {
    // To the tokens, brackets are quotes round a name.
    let condition = without_brackets(condition);
    let tokens = solid(&condition, Dialect::Postgres);
    let names = |words: &[&str]| tokens.iter().any(|it| words.iter().any(|word| it.is_name(word)));
    let textual = is_textual(sql);
    let lengths =
        names(&["length", "char_length", "character_length", "octet_length", "cardinality"]);
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        match token.kind {
            Kind::String => literal(token, before, &tokens[..at], found),
            Kind::Number => {
                let negative = before.is_some_and(|before| before.text == "-");
                numbers(token.text, negative, found);
                if lengths {
                    of_length(token.text, textual, found);
                }
            }
            Kind::Word | Kind::Quoted | Kind::Punctuation | Kind::Space => {}
        }
    }
    for case in ["lower", "upper"].into_iter().filter(|case| textual && names(&[case])) {
        found.extend(["a", "bc", "def"].map(|text| {
            let text = if case == "lower" { text.to_owned() } else { text.to_uppercase() };
            Value::Text(text).to_string()
        }));
    }
}

/// Texts that the functions and casts in an expression can read.
fn readable(reader: &str, sql: &str, found: &mut Vec<String>) {
    if !is_textual(sql) {
        return;
    }
    let reader = reader.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| reader.contains(word));
    if has(&["json", "->"]) {
        found.extend(["'{}'", "'[1, 2]'", "'\"x\"'"].map(str::to_owned));
    }
    if has(&["date", "timestamp", "time ", "::time"]) {
        found.extend(["'2024-02-29 12:34:56'", "'1999-12-31 23:59:59'"].map(str::to_owned));
    }
    if has(&["int", "numeric", "double", "real", "float", "decimal"]) {
        found.extend(["'7'", "'-12'", "'3'"].map(str::to_owned));
    }
    if has(&["uuid"]) {
        found.push("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'".to_owned());
    }
    if has(&["inet"]) {
        found.push("'10.0.0.1'".to_owned());
    }
    if has(&["bool"]) {
        found.extend(["'true'", "'no'"].map(str::to_owned));
    }
}

fn literal(
    token: &Token<'_>,
    before: Option<&Token<'_>>,
    earlier: &[Token<'_>],
    found: &mut Vec<String>,
) {
    let inner = &token.text[1..token.text.len().saturating_sub(1)];
    let text = inner.replace("''", "'");
    let sign = |text: &str| before.is_some_and(|before| before.text == text);
    let twice = earlier.len() >= 2 && earlier[earlier.len() - 2].text == "~";
    let texts: Vec<String> = if sign("~") || sign("*") && twice && !like(earlier) {
        (0..6).map(|turn| pattern::matching(&text, turn)).collect()
    } else if like(earlier) {
        ["abc", "b", "7", "C"].into_iter().map(|it| pattern::like(&text, it)).collect()
    } else {
        vec![text]
    };
    found.extend(texts.into_iter().map(|text| Value::Text(text).to_string()));
}

/// Whether a pattern of `LIKE` comes next. The server writes it as `~~`.
fn like(earlier: &[Token<'_>]) -> bool {
    let last = |back: usize| earlier.len().checked_sub(back).map(|at| earlier[at].text);
    let word = last(1).is_some_and(|it| ["like", "ilike"].contains(&&*it.to_ascii_lowercase()));
    word || last(1) == Some("~") && last(2) == Some("~")
        || last(1) == Some("*") && last(2) == Some("~") && last(3) == Some("~")
}

fn numbers(text: &str, negative: bool, found: &mut Vec<String>) {
    let sign = if negative { -1 } else { 1 };
    if let Ok(number) = text.parse::<i64>() {
        for near in [0, 1, -1, 10, 100] {
            if let Some(near) = number.checked_mul(sign).and_then(|it| it.checked_add(near)) {
                found.push(format!("'{near}'"));
            }
        }
    } else if let Ok(number) = text.parse::<f64>() {
        for near in [0.0, 0.25, -0.25, 1.0, -1.0] {
            found.push(format!("'{}'", number * f64::from(sign as i32) + near));
        }
    }
}

fn of_length(text: &str, textual: bool, found: &mut Vec<String>) {
    let Ok(length) = text.parse::<usize>() else { return };
    let around = [length, length + 1, length.saturating_sub(1)];
    for length in around.into_iter().filter(|length| *length <= 1_000) {
        if textual {
            found.extend(["x", "7", "ü"].map(|letter| format!("'{}'", letter.repeat(length))));
        } else {
            found.extend(["00", "ff"].map(|byte| format!("'\\x{}'", byte.repeat(length))));
        }
    }
}

fn is_textual(sql: &str) -> bool {
    ["text", "character", "citext", "name"].iter().any(|word| sql.contains(word))
}

/// The text with blanks where brackets are, but for those in literals.
fn without_brackets(sql: &str) -> String {
    let mut inside = None;
    let blank = |letter: char| {
        match (inside, letter) {
            (None, '\'' | '"') => inside = Some(letter),
            (Some(quote), letter) if quote == letter => inside = None,
            (None, '[' | ']') => return ' ',
            (None | Some(_), _) => {}
        }
        letter
    };
    sql.chars().map(blank).collect()
}
