//! A guard as a statement. No engine has one that fails with a text of one's own in a plain query,
//! so each is brought to it in its own way.

use diesel_autogen_schema::Dialect;

use super::speech::Speech;
use super::{Counts, Guard};

/// The statement that fails when the count is not zero, with the sentence as the reason.
pub(super) fn statement(guard: &Guard, speech: Speech) -> String {
    let says = speech.string(&format!(" {}", guard.found));
    let count = match &guard.counts {
        Counts::Rows(count) => count,
        Counts::Failures { rows, name, columns, value } => {
            return block(&failures((rows, name), columns, value, &says));
        }
    };
    let lines = |indent: &str| -> String {
        let lines = count.iter().map(|line| format!("{indent}{line}\n"));
        lines.collect()
    };
    match speech.dialect {
        Dialect::Sqlite => {
            // A path that is none is told in the error.
            let count = lines("    ");
            format!("SELECT json_extract('{{}}', n || {says})\nFROM (\n{count})\nWHERE n > 0")
        }
        Dialect::Postgres => block(&format!(
            "DECLARE\n    autogen_count BIGINT := (\n{}    );\nBEGIN\n{}END",
            lines("        "),
            raise(&says)
        )),
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

/// A block that tries a value on each row. Nobody can ask PostgreSQL before 16 without an error
/// whether it takes a text for a value, so the error is caught, which writes nothing. Numbers that are
/// none are a feature that integers lack.
fn failures((rows, name): (&str, &str), columns: &[String], value: &str, says: &str) -> String {
    let own: Vec<String> = columns.iter().map(|it| format!("autogen_row.{it}")).collect();
    format!(
        "DECLARE\n    autogen_row RECORD;\n    autogen_count BIGINT := 0;\nBEGIN\n    \
         FOR autogen_row IN SELECT {} FROM {rows} LOOP\n        \
         BEGIN\n            PERFORM {value} FROM (SELECT {}) AS {name};\n        \
         EXCEPTION WHEN data_exception OR feature_not_supported THEN\n            \
         autogen_count := autogen_count + 1;\n        \
         END;\n    END LOOP;\n{}END",
        columns.join(", "),
        own.join(", "),
        raise(says)
    )
}

fn raise(says: &str) -> String {
    format!(
        "    IF autogen_count > 0 THEN\n        \
         RAISE EXCEPTION USING MESSAGE = autogen_count || {says};\n    END IF;\n"
    )
}

/// A body as a statement. It has a variable of its own that is called `found`, as a column may be.
fn block(body: &str) -> String {
    let found = body.to_ascii_lowercase().contains("found");
    let mine = if found { "#variable_conflict use_column\n" } else { "" };
    let quote = quote(body);
    format!("DO {quote}\n{mine}{body}\n{quote}")
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
