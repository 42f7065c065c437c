//! Migrations as text, to be run elsewhere.

use diesel_autogen_progress::{statements, words};
use diesel_autogen_schema::{Dialect, sql};

use super::Database;
#[cfg(feature = "postgres")]
use crate::postgres;
use crate::sqlite;

impl Database {
    /// The script of a migration with statements that note it, as text to be run elsewhere: one
    /// transaction, its own or one that is put round it, wherever it can be.
    pub fn script(engine: Dialect, script: &str, in_transaction: bool, notes: &[String]) -> String {
        let note = notes.join(";\n");
        let noted = match engine {
            Dialect::Sqlite => sqlite::with_note(script, &note),
            #[cfg(feature = "postgres")]
            Dialect::Postgres => postgres::with_note(script, &note),
            #[cfg(not(feature = "postgres"))]
            Dialect::Postgres => None,
            // Every statement about tables commits: there is no transaction to be one.
            Dialect::Mysql => None,
        };
        let noted = noted.filter(|_| !in_transaction);
        let script = ended(script);
        match noted {
            Some(noted) => ended(&noted),
            None if in_transaction => format!("BEGIN;\n{script}{note};\nCOMMIT;\n"),
            None => for_shell(engine, format!("{script}{note};\n")),
        }
    }
}

/// The script as the shell reads it: that of MySQL ends a statement at the first `;` that it sees.
fn for_shell(engine: Dialect, script: String) -> String {
    match engine {
        Dialect::Sqlite | Dialect::Postgres => return script,
        Dialect::Mysql => {}
    }
    let all = statements(&script);
    let is_program = |sql: &str| words(sql).any(|word| word == ";");
    if !all.iter().any(|it| is_program(it.sql)) {
        return script;
    }
    let text = |sql: &str| match is_program(sql) {
        true => {
            let mut sign = "//".to_owned();
            while sql.contains(&sign) {
                sign.push('/');
            }
            format!("DELIMITER {sign}\n{sql}\n{sign}\nDELIMITER ;\n")
        }
        // Behind a comment no sign would be seen.
        false if script.contains(&format!("{sql};")) => format!("{sql};\n"),
        false => format!("{sql}\n;\n"),
    };
    all.iter().map(|it| text(it.sql)).collect()
}

/// The script with its last statement ended.
fn ended(script: &str) -> String {
    let last = sql::tokens(script, Dialect::Postgres)
        .filter(|token| token.kind != sql::Kind::Space)
        .last();
    let end = if last.is_none_or(|token| token.text == ";") { "" } else { "\n;" };
    let script = script.trim_end();
    if script.is_empty() { String::new() } else { format!("{script}{end}\n") }
}
