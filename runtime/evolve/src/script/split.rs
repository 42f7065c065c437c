use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::sql::Kind;

use super::token::{Token, tokens};

/// The tokens of each statement, the comments before it included; without the `;`. What is left at
/// the end and says nothing is none.
pub(crate) fn split(text: &str, engine: Dialect) -> Vec<Vec<Token<'_>>> {
    let mut statements = Vec::new();
    let mut statement = Vec::new();
    let mut body = Body::default();
    for token in tokens(text, engine) {
        if token.text == ";" && token.kind == Kind::Punctuation && !body.is_open() {
            if is_said(&statement) {
                statements.push(std::mem::take(&mut statement));
            }
            body = Body::default();
            continue;
        }
        body.next(&token);
        statement.push(token);
    }
    if is_said(&statement) {
        statements.push(statement);
    }
    statements
}

fn is_said(tokens: &[Token<'_>]) -> bool {
    tokens.iter().any(|token| token.kind != Kind::Space)
}

/// Tells the `;` of a routine's body from one that ends a statement.
#[derive(Default)]
struct Body {
    /// Whether the statement began with CREATE.
    creates: Option<bool>,
    /// Whether it makes something that has a body.
    routine: bool,
    /// `BEGIN` and `CASE` that wait for their `END`.
    depth: usize,
    /// Whether the word before was `END`, which ends other things, too: `END IF`.
    ended: bool,
}

impl Body {
    fn next(&mut self, token: &Token<'_>) {
        if token.kind == Kind::Space {
            return;
        }
        let creates = *self.creates.get_or_insert_with(|| token.is("CREATE"));
        if !creates || token.kind != Kind::Word {
            self.ended = false;
            return;
        }
        if self.ended && ["IF", "LOOP", "WHILE", "REPEAT"].iter().any(|word| token.is(word)) {
            self.depth += 1;
        }
        self.routine |=
            ["TRIGGER", "FUNCTION", "PROCEDURE", "EVENT"].iter().any(|word| token.is(word));
        // `END CASE` ends what `CASE` began as a statement.
        let opens = token.is("BEGIN") || token.is("CASE") && !self.ended;
        self.depth += usize::from(self.routine && opens);
        self.ended = self.routine && token.is("END");
        self.depth = self.depth.saturating_sub(usize::from(self.ended));
    }

    fn is_open(&self) -> bool {
        self.depth > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str, engine: Dialect) -> usize {
        split(text, engine).len()
    }

    #[test]
    fn bodies_are_not_cut() {
        let trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = CASE WHEN 1 THEN 2 END; \
                       DELETE FROM b; END; SELECT 1;";
        assert_eq!(parts(trigger, Dialect::Sqlite), 2);
        let routine =
            "CREATE PROCEDURE p() BEGIN IF 1 THEN SELECT 1; END IF; SELECT 2; END; SELECT 3";
        assert_eq!(parts(routine, Dialect::Mysql), 2);
        let loops = "CREATE PROCEDURE p() BEGIN again: LOOP SET @a = 1; CASE @a WHEN 1 THEN LEAVE again; \
                     END CASE; END LOOP; UPDATE a SET b = CASE WHEN 1 THEN 2 END; END; CALL p()";
        assert_eq!(parts(loops, Dialect::Mysql), 2);
        let function =
            "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END; $$;";
        assert_eq!(parts(function, Dialect::Postgres), 1);
        let atomic = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END; SELECT 2;";
        assert_eq!(parts(atomic, Dialect::Postgres), 2);
    }

    #[test]
    fn transactions_and_empty_statements_are_cut() {
        assert_eq!(parts("BEGIN; SELECT 1; END; ;; -- nothing\n", Dialect::Sqlite), 3);
        assert_eq!(parts("-- a;b\nSELECT ';' /* ; */", Dialect::Postgres), 1);
        assert_eq!(parts("", Dialect::Mysql), 0);
    }
}
