//! Texts that only PostgreSQL writes so: `E'it\'s'` and `$tag$it's$tag$`.

use std::iter::Peekable;
use std::str::CharIndices;

/// The same SQL with texts of the common kind. Each stands for another text: what it says does not
/// matter to whoever looks for names.
pub(crate) fn plain(sql: &str) -> String {
    let mut plain = String::with_capacity(sql.len());
    let mut chars = sql.char_indices().peekable();
    let mut before = ' ';
    while let Some((at, c)) = chars.next() {
        let escaped = c == '\'' && matches!(before, 'e' | 'E') && begins_word(&sql[..at]);
        match c {
            '\'' if escaped => {
                plain.pop();
                plain.push_str(if skip_escaped(&mut chars) { "''" } else { "'" });
            }
            '\'' | '"' => {
                plain.push(c);
                copy_to(c, &mut chars, &mut plain);
            }
            '$' if !is_word(before) => match tag(&sql[at..]) {
                Some(tag) => {
                    let text = &sql[at + tag.len()..];
                    let end = text.find(tag).map(|end| at + end + 2 * tag.len());
                    plain.push_str(if end.is_some() { "''" } else { "'" });
                    let end = end.unwrap_or(sql.len());
                    while chars.next_if(|(at, _)| *at < end).is_some() {}
                }
                None => plain.push(c),
            },
            _ => plain.push(c),
        }
        before = c;
    }
    plain
}

/// Whether the last character of the text is a word of its own.
fn begins_word(text: &str) -> bool {
    !text.chars().rev().nth(1).is_some_and(is_word)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// `$$` or `$tag$` at the beginning of the text.
fn tag(text: &str) -> Option<&str> {
    let end = text[1..].find('$')? + 2;
    let name = &text[1..end - 1];
    let named = !name.starts_with(|c: char| c.is_ascii_digit());
    (named && name.chars().all(|c| c.is_alphanumeric() || c == '_')).then(|| &text[..end])
}

/// Goes behind the end of a text with backslashes, if it has one.
fn skip_escaped(chars: &mut Peekable<CharIndices>) -> bool {
    while let Some((_, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '\'' if chars.next_if(|(_, next)| *next == '\'').is_none() => return true,
            _ => {}
        }
    }
    false
}

fn copy_to(quote: char, chars: &mut Peekable<CharIndices>, plain: &mut String) {
    for (_, c) in chars.by_ref() {
        plain.push(c);
        if c == quote {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_the_server_s_own_are_made_common() {
        for (sql, expected) in [
            (r"a <> E'it\'s' and b", "a <> '' and b"),
            (r"e'\\' || 'E'", "'' || 'E'"),
            (r"E'''' || a", "'' || a"),
            ("$$it's$$ || $tag$ $$ $tag$", "'' || ''"),
            ("price$ > 0 and a = $1", "price$ > 0 and a = $1"),
            ("code'x'", "code'x'"),
            ("'$$' || \"E'\" || 'it''s'", "'$$' || \"E'\" || 'it''s'"),
            (r"E'open\'", "'"),
            ("$$open", "'"),
        ] {
            assert_eq!(plain(sql), expected, "{sql}");
        }
    }
}
