//! What an independent linter minds in the SQL of the goldens: either the migration or a lint says
//! so as well, or there is a reason why nobody does.

use std::collections::{BTreeMap, BTreeSet};
use std::env::var_os;
use std::fs;
use std::process::Command;

use diesel_autogen_schema::Dialect;
use serde::Deserialize;

use crate::lints::{codes, golden_of};
use crate::story::Story;

/// Says that the linter must be there.
const REQUIRED: &str = "AUTOGEN_REQUIRE_SQUAWK";

#[derive(Deserialize)]
struct Finding {
    file: String,
    /// From 0.
    line: usize,
    line_end: usize,
    rule_name: String,
    message: String,
}

/// Why a finding is no news.
struct Known {
    rule: &'static str,
    /// Codes of ours, one of which must be told of the same script.
    said: &'static [&'static str],
    /// What the statement holds where ours say nothing, and why they do not.
    otherwise: &'static [(&'static str, &'static str)],
}

const KNOWN: &[Known] = &[
    Known {
        rule: "adding-field-with-default",
        said: &["stored-column-rewrites", "default-rewrites", "counted-column-rewrites"],
        otherwise: &[
            ("DEFAULT -1", "a constant, which it takes for an expression: no row is written"),
            ("DEFAULT +", "a constant, which it takes for an expression: no row is written"),
            ("current_timestamp", "the same for every row, so none is written"),
            ("now()", "the same for every row, so none is written"),
            ("DEFAULT ROW(", "the same for every row, so none is written"),
            ("DEFAULT tstzrange(", "the same for every row, so none is written"),
        ],
    },
    Known {
        rule: "adding-foreign-key-constraint",
        said: &["foreign-key-checked", "foreign-key-validated"],
        otherwise: &[],
    },
    Known {
        rule: "adding-not-nullable-field",
        said: &["not-null-scans", "not-null-without-value"],
        otherwise: &[],
    },
    Known {
        rule: "adding-serial-primary-key-field",
        said: &["constraint-builds-index", "counted-column-rewrites"],
        otherwise: &[],
    },
    Known {
        rule: "ban-alter-identity",
        said: &[],
        otherwise: &[("", "a fact of the catalogue alone; models declare who makes keys")],
    },
    Known {
        rule: "ban-char-field",
        said: &["char-type"],
        otherwise: &[("\"char\"", "the one byte of the catalogue, which is padded by nobody")],
    },
    Known {
        rule: "ban-drop-column",
        said: &["drops-column"],
        otherwise: &[
            ("DROP COLUMN autogen_", "made by the same script and seen by nobody"),
            ("DROP COLUMN", "a column that is computed, and loses nothing"),
        ],
    },
    Known {
        rule: "ban-drop-constraint",
        said: &[],
        otherwise: &[("", "models no longer declare it; rows and queries go on as they did")],
    },
    Known {
        rule: "ban-drop-default",
        said: &[],
        otherwise: &[(
            "",
            "models no longer declare it, and inserts of the models name the column",
        )],
    },
    Known {
        rule: "ban-drop-generated-expression",
        said: &[],
        otherwise: &[("", "the values stay, and the models fill them from now on")],
    },
    Known { rule: "ban-drop-not-null", said: &["drops-not-null"], otherwise: &[] },
    Known {
        rule: "ban-drop-schema",
        said: &[],
        otherwise: &[("DROP SCHEMA", "it is empty, or the statement fails")],
    },
    Known {
        rule: "ban-drop-sequence",
        said: &[],
        otherwise: &[("", "its column is no longer numbered by it")],
    },
    Known { rule: "ban-drop-table", said: &["drops-table"], otherwise: &[] },
    Known {
        rule: "ban-drop-type",
        said: &["type-change-rewrites", "removes-labels"],
        otherwise: &[("DROP TYPE", "no column has it any more, or the statement fails")],
    },
    Known {
        rule: "ban-set-schema",
        said: &["renames-table", "moves-table"],
        otherwise: &[("ALTER TYPE", "columns hold the type itself, not its name")],
    },
    Known {
        rule: "changing-column-type",
        said: &["type-change-rewrites", "narrows-type"],
        otherwise: &[
            ("TYPE NUMERIC", "wider with the same scale: the server keeps the rows"),
            ("TYPE TIMESTAMP", "more digits: the server keeps the rows"),
            ("TYPE VARCHAR", "longer: the server keeps the rows"),
            ("TYPE TEXT", "as long as need be: the server keeps the rows"),
        ],
    },
    Known {
        rule: "constraint-missing-not-valid",
        said: &[
            "check-validated",
            "foreign-key-checked",
            "foreign-key-validated",
            "constraint-builds-index",
            "exclusion-constraint",
        ],
        otherwise: &[],
    },
    Known {
        rule: "disallowed-unique-constraint",
        said: &["constraint-builds-index"],
        otherwise: &[],
    },
    Known {
        rule: "prefer-bigint-over-int",
        said: &["int-primary-key"],
        otherwise: &[("", "an `i32` of the models; keys alone are told, since they count up")],
    },
    Known { rule: "prefer-identity", said: &["serial-type"], otherwise: &[] },
    Known { rule: "prefer-text-field", said: &["varchar-limit"], otherwise: &[] },
    Known { rule: "prefer-timestamp-tz", said: &["timestamp-without-zone"], otherwise: &[] },
    Known {
        rule: "renaming-column",
        said: &["renames-column"],
        otherwise: &[
            ("TO autogen_", "a name for a while, inside one transaction"),
            ("TO deprecated_", "retired: nothing that runs may use it any more"),
        ],
    },
    Known {
        rule: "renaming-object",
        said: &["renames-enum-value"],
        otherwise: &[
            ("RENAME CONSTRAINT", "queries name no constraints"),
            ("ALTER INDEX", "queries name no indexes"),
            ("ALTER SEQUENCE", "columns hold the sequence itself, not its name"),
            ("ALTER TYPE", "columns hold the type itself, not its name"),
        ],
    },
    Known {
        rule: "renaming-table",
        said: &["renames-table"],
        otherwise: &[("TO deprecated_", "retired: nothing that runs may use it any more")],
    },
    Known {
        rule: "require-concurrent-index-creation",
        said: &["index-not-concurrent"],
        otherwise: &[],
    },
    Known {
        rule: "require-concurrent-index-deletion",
        said: &["drop-index-not-concurrent"],
        otherwise: &[],
    },
    Known {
        rule: "require-enum-value-ordering",
        said: &[],
        otherwise: &[("ADD VALUE", "the new label is the last of the models, too")],
    },
    Known {
        rule: "require-lock-timeout",
        said: &["no-lock-timeout"],
        otherwise: &[
            ("COMMENT ON", "readers and writers go on"),
            ("ALTER INDEX", "readers and writers go on"),
            ("VALIDATE CONSTRAINT", "readers and writers go on"),
            ("SET (", "readers and writers go on"),
            ("ALTER SEQUENCE", "nobody holds a sequence longer than it takes to count"),
            ("ALTER TYPE", "types are locked by those who change them alone"),
            ("CREATE", "nobody knows what is new, or it waits for nobody"),
            ("DROP TYPE", "types are locked by those who change them alone"),
        ],
    },
    Known {
        rule: "require-statement-timeout",
        said: &["no-lock-timeout"],
        otherwise: &[
            ("COMMENT ON", "it takes no time"),
            ("ALTER INDEX", "it takes no time"),
            ("VALIDATE CONSTRAINT", "readers and writers go on meanwhile"),
            ("SET (", "it takes no time"),
            ("ALTER SEQUENCE", "it takes no time"),
            ("ALTER TYPE", "it takes no time"),
            ("CREATE", "it takes as long as there are rows, and a lint tells of those"),
            ("DROP TYPE", "it takes no time"),
        ],
    },
];

/// Whether the linter is not there, and need not be.
pub(crate) fn is_missing() -> bool {
    var_os(REQUIRED).is_none() && Command::new("squawk").arg("--version").output().is_err()
}

/// A script that it looks at.
pub(crate) struct Script {
    pub(crate) sql: String,
    pub(crate) transaction: bool,
    /// Codes of what our lints find in it.
    pub(crate) told: BTreeSet<&'static str>,
}

/// Everything that it finds in the SQL of the stories is explained, and every explanation is of
/// use.
pub(crate) fn check(stories: &[Story]) -> Result<(), String> {
    let mut told: BTreeMap<String, _> = codes(Dialect::Postgres, stories)?.into_iter().collect();
    let of = |story: &Story| {
        let golden = golden_of(story)?;
        let told = told.remove(&format!("{}/{}", story.topic, story.name)).unwrap_or_default();
        let told = told.into_keys().collect();
        let script = Script { sql: golden.up, transaction: golden.transaction, told };
        Some((format!("{}.{}.sql", story.topic, story.name), script))
    };
    let scripts: BTreeMap<String, Script> =
        stories.iter().filter(|story| story.engine == Dialect::Postgres).filter_map(of).collect();
    let Seen { findings, used, mut news } = seen(&scripts, |_, _| false)?;
    for known in KNOWN {
        if !used.contains(known.rule) {
            news.push(format!("{} finds nothing any more", known.rule));
        }
    }
    if findings < 1000 {
        news.push(format!("{findings} findings are too few for it to have looked"));
    }
    if news.is_empty() { Ok(()) } else { Err(news.join("\n")) }
}

/// What it thinks of scripts.
pub(crate) struct Seen {
    /// How much it finds.
    pub(crate) findings: usize,
    /// Its rules of which something was explained.
    used: BTreeSet<&'static str>,
    /// What nobody explains.
    pub(crate) news: Vec<String>,
}

/// Has it look at scripts, each under the name of a file. Besides what explains a finding anywhere,
/// `explained` says whether one of a rule in a script is.
pub(crate) fn seen(
    scripts: &BTreeMap<String, Script>,
    mut explained: impl FnMut(&str, &Script) -> bool,
) -> Result<Seen, String> {
    let findings = findings(scripts)?;
    let mut seen = Seen { findings: findings.len(), used: BTreeSet::new(), news: Vec::new() };
    for Finding { file, line, line_end, rule_name, message } in &findings {
        let script = &scripts[file];
        let lines = script.sql.lines().skip(*line).take(line_end - line + 1);
        let statement = lines.collect::<Vec<_>>().join("\n");
        let said =
            |code: &&str| script.told.contains(code) || script.sql.contains(&format!("[{code}]"));
        let known = KNOWN.iter().find(|it| it.rule == rule_name);
        let explains = |known: &&Known| {
            known.said.iter().any(said)
                || known.otherwise.iter().any(|(part, _)| statement.contains(part))
        };
        match known.filter(explains) {
            Some(known) => drop(seen.used.insert(known.rule)),
            None if explained(rule_name, script) => {}
            None => {
                let line = line + 1;
                seen.news.push(format!("{file}:{line}: {rule_name}: {message}\n{statement}"));
            }
        }
    }
    Ok(seen)
}

fn findings(scripts: &BTreeMap<String, Script>) -> Result<Vec<Finding>, String> {
    let mut all = Vec::new();
    for transaction in [true, false] {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let mut command = Command::new("squawk");
        command.args(["--pg-version", "12", "--reporter", "json"]).current_dir(folder.path());
        if transaction {
            command.arg("--assume-in-transaction");
        }
        for (name, script) in scripts.iter().filter(|it| it.1.transaction == transaction) {
            fs::write(folder.path().join(name), &script.sql).map_err(|error| error.to_string())?;
            command.arg(name);
        }
        let output = command.output().map_err(|error| {
            format!("squawk does not run: {error}: pip install squawk-cli, or unset {REQUIRED}")
        })?;
        let found: Vec<Finding> = serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("{error}: {}", String::from_utf8_lossy(&output.stderr)))?;
        all.extend(found);
    }
    Ok(all)
}
