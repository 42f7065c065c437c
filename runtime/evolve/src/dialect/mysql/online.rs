//! `ALGORITHM` and `LOCK`: how a table may be altered, so that a copy that nobody expected is an
//! error.

use diesel_autogen_schema::sql::{Kind, Token, tokens};
use diesel_autogen_schema::{Algorithm, Dialect, Flavour, Locking, Online};

use crate::dialect::Target;

/// The clauses that ask for it, of a statement that alters a table.
pub(crate) fn clauses(target: &Target) -> Vec<String> {
    let Online { algorithm, lock, phased: _ } = target.online;
    // MySQL takes no word about locks there: nobody waits for what is instant.
    let instant = algorithm == Some(Algorithm::Instant) && target.flavour == Flavour::Mysql;
    let algorithm = algorithm.map(|it| format!("ALGORITHM = {}", it.name().to_ascii_uppercase()));
    let lock = lock.filter(|_| !instant);
    let lock = lock.map(|it| format!("LOCK = {}", it.name().to_ascii_uppercase()));
    algorithm.into_iter().chain(lock).collect()
}

/// What was asked for when a script was made, as its first statement that alters a table says.
pub fn said(up_sql: &str) -> Online {
    let all = tokens(up_sql, Dialect::Mysql).filter(|token| token.kind != Kind::Space);
    let solid: Vec<Token<'_>> = all.collect();
    let value = |clause: &str| {
        solid.windows(3).find_map(|three| {
            let [word, sign, value] = three else { return None };
            (word.kind == Kind::Word && word.is_name(clause) && sign.text == "=")
                .then_some(value.text)
        })
    };
    let is = |name: &str, text: &str| name.eq_ignore_ascii_case(text);
    Online {
        algorithm: value("algorithm")
            .and_then(|text| Algorithm::ALL.into_iter().find(|it| is(it.name(), text))),
        lock: value("lock")
            .and_then(|text| Locking::ALL.into_iter().find(|it| is(it.name(), text))),
        phased: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_is_read_from_the_script() {
        let asked =
            Online { algorithm: Some(Algorithm::Nocopy), lock: Some(Locking::None), phased: false };
        let text = "-- ALGORITHM = COPY\nUPDATE a SET b = 'LOCK = SHARED';\n\
                    ALTER TABLE a ADD b INT, ALGORITHM = NOCOPY, LOCK = NONE";
        assert_eq!(said(text), asked);
        assert_eq!(said("ALTER TABLE a ADD b INT"), Online::default());
        assert_eq!(said("CREATE INDEX a ON b (lock) LOCK = SHARED").lock, Some(Locking::Shared));
    }
}
