//! Lists of literals in SQL.

use super::{Kind, Token};

/// Sorts the literals of each `IN ('b', 'a')`, whose order means nothing. White space is not
/// expected among the tokens.
pub fn sort_lists(tokens: &mut [Token<'_>]) {
    let literal = |token: &Token| matches!(token.kind, Kind::String | Kind::Number);
    for at in 0..tokens.len() {
        let opens = tokens[at].kind == Kind::Word && tokens[at].text.eq_ignore_ascii_case("in");
        let list = tokens.get(at + 2..).filter(|_| opens && tokens[at + 1].text == "(");
        let Some(end) = list.and_then(|list| list.iter().position(|it| it.text == ")")) else {
            continue;
        };
        let list = &mut tokens[at + 2..at + 2 + end];
        let is_list = list.iter().enumerate().all(|(at, token)| match at % 2 {
            0 => literal(token),
            _ => token.text == ",",
        });
        if is_list {
            let mut literals: Vec<Token> = list.iter().step_by(2).copied().collect();
            literals.sort_by_key(|token| token.text);
            list.iter_mut().step_by(2).zip(literals).for_each(|(place, token)| *place = token);
        }
    }
}
