//! A guard as a statement. No engine has one that fails with a text of one's own in a plain query,
//! so each is brought to it in its own way.

use diesel_autogen_schema::Dialect;

use super::Guard;
use super::speech::Speech;

/// The statement that fails when the count is not zero, with the sentence as the reason.
pub(super) fn statement(guard: &Guard, speech: Speech) -> String {
    let says = speech.string(&format!(" {}", guard.found));
    let lines = |indent: &str| -> String {
        let lines = guard.count.iter().map(|line| format!("{indent}{line}\n"));
        lines.collect()
    };
    match speech.dialect {
        Dialect::Sqlite => {
            // A path that is none is told in the error.
            let count = lines("    ");
            format!("SELECT json_extract('{{}}', n || {says})\nFROM (\n{count})\nWHERE n > 0")
        }
        Dialect::Postgres => {
            let body = format!(
                "DECLARE\n    autogen_count BIGINT := (\n{}    );\nBEGIN\n    \
                 IF autogen_count > 0 THEN\n        \
                 RAISE EXCEPTION USING MESSAGE = autogen_count || {says};\n    \
                 END IF;\nEND",
                lines("        ")
            );
            let quote = quote(&body);
            format!("DO {quote}\n{body}\n{quote}")
        }
        Dialect::Mysql => {
            // A setting that cannot be made is told in the error; the one that is there stays.
            format!(
                "SET SESSION completion_type = (\n    \
                 SELECT if(n > 0, concat(n, {says}), @@SESSION.completion_type)\n    \
                 FROM (\n{}    ) AS counted\n)",
                lines("        ")
            )
        }
    }
}

/// A dollar quote that is not in the text.
pub(crate) fn quote(body: &str) -> String {
    let mut tag = "$$".to_owned();
    let mut number = 0;
    while body.contains(&tag) {
        number += 1;
        tag = format!("$guard{number}$");
    }
    tag
}
