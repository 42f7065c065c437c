//! `pg_dump`.

use std::process::Command;
use std::sync::OnceLock;

use diesel::pg::PgConnection;
use diesel_autogen_schema::{PUBLIC, Place};

use crate::ident::placed;
use crate::postgres::note;
use crate::postgres::rows::rows;
use crate::{Error, Value};

/// What `pg_dump` says of the database at a URL, or of these tables of it; `None` where there is
/// none, or only one that is older than the server.
pub(super) fn text(
    conn: &mut PgConnection,
    url: &str,
    tables: &[Place<'_>],
) -> Result<Option<String>, Error> {
    let failed = |reason: String| Error::Query { what: "the dump".to_owned(), reason };
    let version =
        rows(conn, "SELECT current_setting('server_version_num')::int / 10000").map_err(&failed)?;
    let server = version.first().and_then(|row| row.first()).and_then(Value::as_integer);
    let knows = release().is_some_and(|own| Some(own) >= server);
    let Some((url, password)) = without_password(url).filter(|_| knows) else { return Ok(None) };
    let mut command = Command::new("pg_dump");
    command.args([
        "--schema-only",
        "--no-owner",
        "--no-privileges",
        "--no-password",
        "--exclude-table=*.__diesel_schema_migrations",
        "--exclude-table=*.__diesel_autogen*",
    ]);
    // In double quotes nothing in a name stands for something else.
    command.args(tables.iter().map(|table| {
        let place = Place { schema: Some(table.schema.unwrap_or(PUBLIC)), ..*table };
        format!("--table={}", placed(place))
    }));
    command.arg(format!("--dbname={url}"));
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    let output = command.output().map_err(|error| failed(format!("pg_dump: {error}")))?;
    if output.status.success() {
        return Ok(Some(String::from_utf8_lossy(&output.stdout).into_owned()));
    }
    Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

/// The release of the `pg_dump` that is found first.
fn release() -> Option<i64> {
    static RELEASE: OnceLock<Option<i64>> = OnceLock::new();
    *RELEASE.get_or_init(|| {
        let output = Command::new("pg_dump").arg("--version").output().ok()?;
        // `pg_dump (PostgreSQL) 15.4 (Debian 15.4-1)`
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let number = text.split(' ').find(|it| it.starts_with(|c: char| c.is_ascii_digit()))?;
        number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    })
}

/// The URL without its password, which everybody on the machine can see on a command line, and
/// the password. `None` when it is where it is not looked for.
fn without_password(url: &str) -> Option<(String, Option<String>)> {
    let (scheme, rest) = url.split_once("://")?;
    let (rest, parameters) = match rest.split_once('?') {
        Some((rest, parameters)) => (rest, format!("?{parameters}")),
        None => (rest, String::new()),
    };
    if parameters.contains("password=") {
        return None;
    }
    let found = rest.rsplit_once('@').and_then(|(user, host)| {
        let (user, password) = user.split_once(':')?;
        Some((format!("{user}@{host}"), decoded(password)))
    });
    Some(match found {
        Some((rest, password)) => (format!("{scheme}://{rest}{parameters}"), Some(password)),
        None => (format!("{scheme}://{rest}{parameters}"), None),
    })
}

/// The text that a part of a URL stands for.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match rest {
            [b'%', high, low, ..] => {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).ok();
                digits.and_then(|it| u8::from_str_radix(it, 16).ok())
            }
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &rest[3..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The statements of a dump, those of settings and remarks left out.
pub(super) fn statements(text: &str) -> Vec<String> {
    // Since 2025 a dump begins and ends with a command of psql's that holds a random word.
    let text: String = text
        .lines()
        .filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"))
        .flat_map(|line| [line, "\n"])
        .collect();
    note::statements(&text)
        .into_iter()
        .map(|range| normal(bare(&text[range])))
        .filter(|it| !it.starts_with("SET ") && !it.starts_with("SELECT pg_catalog.set_config"))
        .collect()
}

/// The statement without the remarks in front of it.
fn bare(statement: &str) -> &str {
    let mut rest = statement.trim();
    while rest.starts_with("--") {
        rest = rest.split_once('\n').map_or("", |(_, rest)| rest).trim_start();
    }
    rest
}

/// The statement with the columns of a table in the order of their names.
fn normal(statement: &str) -> String {
    let table = ["CREATE TABLE ", "CREATE UNLOGGED TABLE ", "CREATE FOREIGN TABLE "];
    let lines: Vec<&str> = statement.lines().collect();
    let end = lines.iter().position(|line| line.starts_with(')'));
    let Some(end) = end.filter(|_| table.iter().any(|start| statement.starts_with(start))) else {
        return statement.to_owned();
    };
    // A line that begins with anything but four spaces goes on with what was before, and so does
    // one behind a line without a comma: a condition may be written in several.
    let mut inner: Vec<String> = Vec::new();
    for line in &lines[1..end] {
        match inner.last_mut() {
            Some(last)
                if !last.ends_with(',')
                    || !line.starts_with("    ")
                    || line.starts_with("     ") =>
            {
                last.push('\n');
                last.push_str(line);
            }
            _ => inner.push((*line).to_owned()),
        }
    }
    for line in &mut inner {
        if line.ends_with(',') {
            line.pop();
        }
    }
    inner.sort();
    format!("{}\n{}\n{}", lines[0], inner.join(",\n"), lines[end..].join("\n"))
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_password_is_not_on_the_command_line() {
        let (url, password) =
            without_password("postgres://me:s%40%2fx@h/db?sslmode=require").unwrap();
        assert_eq!(url, "postgres://me@h/db?sslmode=require");
        assert_eq!(password.as_deref(), Some("s@/x"));
        assert_eq!(without_password("postgres://h/db").unwrap().1, None);
        assert!(without_password("postgres://h/db?password=x").is_none());
    }
}
