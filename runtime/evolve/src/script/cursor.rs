use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::sql::Kind;

use super::token::Token;

/// Reads the tokens of one statement from left to right.
#[derive(Clone)]
pub(super) struct Cursor<'t, 'a> {
    pub(super) engine: Dialect,
    /// The whole script.
    text: &'a str,
    /// Without comments and white space.
    tokens: &'t [Token<'a>],
    at: usize,
}

impl<'t, 'a> Cursor<'t, 'a> {
    pub(super) fn new(engine: Dialect, text: &'a str, tokens: &'t [Token<'a>]) -> Cursor<'t, 'a> {
        Cursor { engine, text, tokens, at: 0 }
    }

    pub(super) fn peek(&self) -> Option<&'t Token<'a>> {
        self.tokens.get(self.at)
    }

    pub(super) fn is_done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub(super) fn next(&mut self) -> Option<&'t Token<'a>> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token)
    }

    /// Whether these keywords, separated by spaces, come next.
    pub(super) fn sees(&self, words: &str) -> bool {
        let mut at = self.at;
        words.split(' ').all(|word| {
            let fits = self.tokens.get(at).is_some_and(|token| token.is(word));
            at += 1;
            fits
        })
    }

    /// Takes these keywords when they come next.
    pub(super) fn eat(&mut self, words: &str) -> bool {
        let fits = self.sees(words);
        if fits {
            self.at += words.split(' ').count();
        }
        fits
    }

    pub(super) fn sees_sign(&self, sign: &str) -> bool {
        self.peek().is_some_and(|token| token.kind == Kind::Punctuation && token.text == sign)
    }

    pub(super) fn eat_sign(&mut self, sign: &str) -> bool {
        let fits = self.sees_sign(sign);
        self.at += usize::from(fits);
        fits
    }

    /// A name without a schema.
    pub(super) fn name(&mut self) -> Option<String> {
        let name = self.peek()?.name(self.engine)?;
        self.at += 1;
        Some(name)
    }

    /// A name with or without its schema: `auth.users`. The schema that is meant anyway is left out.
    pub(super) fn place(&mut self) -> Option<String> {
        let mut parts = vec![self.name()?];
        while self.eat_sign(".") {
            parts.push(self.name()?);
        }
        let implied = ["public", "main", "temp"].contains(&parts[0].as_str());
        if parts.len() > 1 && implied {
            parts.remove(0);
        }
        Some(parts.join("."))
    }

    /// Several places with commas between.
    pub(super) fn places(&mut self) -> Vec<String> {
        let mut found = Vec::new();
        while let Some(place) = self.place() {
            found.push(place);
            if !self.eat_sign(",") {
                break;
            }
        }
        found
    }

    /// `IF EXISTS` or `IF NOT EXISTS`.
    pub(super) fn if_exists(&mut self) -> bool {
        self.eat("IF EXISTS") || self.eat("IF NOT EXISTS")
    }

    /// The cursor over what is between the parentheses that come next.
    pub(super) fn group(&mut self) -> Option<Cursor<'t, 'a>> {
        if !self.sees_sign("(") {
            return None;
        }
        let from = self.at + 1;
        let end = self.closing();
        self.at = (end + 1).min(self.tokens.len());
        let tokens = &self.tokens[from..end.max(from)];
        Some(Cursor { engine: self.engine, text: self.text, tokens, at: 0 })
    }

    /// Where the parenthesis or bracket that comes next is closed.
    fn closing(&self) -> usize {
        let mut depth = 0;
        for (at, token) in self.tokens.iter().enumerate().skip(self.at) {
            match (token.kind, token.text) {
                (Kind::Punctuation, "(" | "[") => depth += 1,
                (Kind::Punctuation, ")" | "]") => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return at;
            }
        }
        self.tokens.len()
    }

    /// Whatever comes, a group of parentheses or brackets as one.
    pub(super) fn skip(&mut self) {
        if self.sees_sign("[") {
            self.at = (self.closing() + 1).min(self.tokens.len());
        } else if self.group().is_none() {
            self.at += 1;
        }
    }

    /// The text up to where `stop` holds, outside of parentheses, or to the end.
    pub(super) fn until(&mut self, stop: impl Fn(&Cursor<'t, 'a>) -> bool) -> String {
        let from = self.at;
        while !self.is_done() && !stop(self) {
            self.skip();
        }
        self.between(from, self.at)
    }

    /// The text of what is left.
    pub(super) fn rest(&mut self) -> String {
        self.until(|_| false)
    }

    fn between(&self, from: usize, to: usize) -> String {
        let tokens = &self.tokens[from..to.min(self.tokens.len()).max(from)];
        match (tokens.first(), tokens.last()) {
            (Some(first), Some(last)) => self.text[first.start..last.end()].to_owned(),
            (None, _) | (_, None) => String::new(),
        }
    }

    /// The parts between the commas outside of parentheses.
    pub(super) fn parts(&mut self) -> Vec<Cursor<'t, 'a>> {
        let mut parts = Vec::new();
        while !self.is_done() {
            let from = self.at;
            while !self.is_done() && !self.sees_sign(",") {
                self.skip();
            }
            let tokens = &self.tokens[from..self.at.min(self.tokens.len())];
            parts.push(Cursor { engine: self.engine, text: self.text, tokens, at: 0 });
            self.at += 1;
        }
        parts
    }

    /// Whether the keyword is anywhere in what is left, outside of parentheses.
    pub(super) fn has(&self, words: &str) -> bool {
        let mut ahead = self.clone();
        while !ahead.is_done() {
            if ahead.sees(words) {
                return true;
            }
            ahead.skip();
        }
        false
    }

    /// Every token that is left, parentheses opened.
    pub(super) fn left(&self) -> &'t [Token<'a>] {
        &self.tokens[self.at.min(self.tokens.len())..]
    }
}
