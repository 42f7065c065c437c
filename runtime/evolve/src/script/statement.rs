use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::sql::Kind;

use super::Action;
use super::cursor::Cursor;
use super::other::action;
use super::split::split;
use super::token::Token;

/// A statement of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The line that it begins on, from 1, comments not counted.
    pub line: usize,
    /// Its text, without the comments before it and the `;`.
    pub text: String,
    /// What it does.
    pub action: Action,
    /// The remarks before it or in it that let it do what rules mind.
    pub allows: Vec<Allow>,
    /// Every word, name and literal in it, names as the engine keeps them; to find mentions.
    pub(crate) words: Vec<String>,
}

/// `-- autogen: allow(code) reason`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    /// Of which rule.
    pub code: String,
    /// Why; empty when nobody says.
    pub reason: String,
    /// The line, from 1.
    pub line: usize,
}

impl Statement {
    /// Whether it mentions the name or the text.
    pub fn mentions(&self, name: &str) -> bool {
        self.words.iter().any(|word| word == name)
    }
}

/// The statements of a script; and the remarks behind the last one, which are about nothing.
pub fn read(text: &str, engine: Dialect) -> Vec<Statement> {
    let statements = split(text, engine).into_iter();
    statements.map(|tokens| statement(text, engine, &tokens)).collect()
}

fn statement(text: &str, engine: Dialect, tokens: &[Token<'_>]) -> Statement {
    let allows =
        tokens.iter().filter(|token| token.kind == Kind::Space).filter_map(allow).collect();
    let solid: Vec<Token<'_>> =
        tokens.iter().filter(|token| token.kind != Kind::Space).copied().collect();
    let (start, end) = match (solid.first(), solid.last()) {
        (Some(first), Some(last)) => (first.start, last.end()),
        (None, _) | (_, None) => (0, 0),
    };
    let words = solid.iter().filter_map(|token| match token.kind {
        Kind::String => diesel_autogen_schema::sql::literal_text(token.text),
        Kind::Word | Kind::Quoted => token.name(engine),
        Kind::Number | Kind::Punctuation | Kind::Space => None,
    });
    Statement {
        line: solid.first().map_or(1, |token| token.line),
        text: text[start..end].to_owned(),
        action: action(Cursor::new(engine, text, &solid)),
        allows,
        words: words.collect(),
    }
}

fn allow(token: &Token<'_>) -> Option<Allow> {
    let said = token.text.strip_prefix("--").or_else(|| token.text.strip_prefix("/*"))?;
    let said = said.trim_end_matches("*/").trim().strip_prefix("autogen:")?.trim();
    let (code, reason) = said.strip_prefix("allow(")?.split_once(')')?;
    Some(Allow { code: code.trim().to_owned(), reason: reason.trim().to_owned(), line: token.line })
}
