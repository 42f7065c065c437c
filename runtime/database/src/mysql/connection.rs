use diesel::mysql::MysqlConnection;
use diesel::{Connection as _, ConnectionError};

use diesel_autogen_progress::told;
use diesel_autogen_schema::Flavour;

use super::introspect::release;
use super::rows::rows;
use crate::Error;
use crate::database::url::without_secrets;

/// Connects to the database at a `mysql://` or `mariadb://` URL.
pub(crate) fn connect(url: &str) -> Result<MysqlConnection, Error> {
    let failed = |reason: String| Error::Open { place: without_secrets(url), reason };
    if !names_a_database(url) {
        return Err(failed("it names no database: write it behind the server, `…/app`".to_owned()));
    }
    connect_to_server(url)
}

/// The same where the URL need not name a database.
pub(super) fn connect_to_server(url: &str) -> Result<MysqlConnection, Error> {
    // Diesel knows one scheme alone.
    let known = match url.strip_prefix("mariadb://") {
        Some(rest) => format!("mysql://{rest}"),
        None => url.to_owned(),
    };
    MysqlConnection::establish(&known).map_err(|error| {
        let reason = match error {
            ConnectionError::BadConnection(reason) => reason,
            ConnectionError::CouldntSetupConfiguration(error) => told(&error),
            error => error.to_string(),
        };
        Error::Open { place: without_secrets(url), reason: reason.trim().to_owned() }
    })
}

/// Which of the two servers it is, and what it says of itself.
pub(crate) fn flavour(conn: &mut MysqlConnection) -> Result<(Flavour, String), Error> {
    let found = rows(conn, "SELECT VERSION()")
        .map_err(|reason| Error::Query { what: "the server's release".to_owned(), reason })?;
    let version = found.first().and_then(|row| row.first()?.as_text()).unwrap_or_default();
    Ok((release(version).0, version.to_owned()))
}

/// Makes sure that the server is of this flavour.
pub(crate) fn expect_flavour(conn: &mut MysqlConnection, named: Flavour) -> Result<(), Error> {
    let (found, version) = flavour(conn)?;
    if found == named { Ok(()) } else { Err(Error::Flavour { named, version }) }
}

fn names_a_database(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    rest.rsplit_once('/').is_some_and(|(_, name)| !name.is_empty())
}

/// The URL with another database in it.
pub(super) fn with_database(url: &str, name: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("mysql", url));
    let (rest, parameters) = match rest.split_once('?') {
        Some((rest, parameters)) => (rest, format!("?{parameters}")),
        None => (rest, String::new()),
    };
    // A password may hold a `/` that nobody escaped.
    let host = rest.rfind('@').map_or(0, |at| at + 1);
    let authority = rest[host..].find('/').map_or(rest, |at| &rest[..host + at]);
    format!("{scheme}://{authority}/{name}{parameters}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_in_a_url_is_exchanged() {
        for (url, expected) in [
            ("mysql://root@127.0.0.1:3306/app", "mysql://root@127.0.0.1:3306/x"),
            ("mariadb://h", "mariadb://h/x"),
            ("mysql://a:b%2Fc@h/app?ssl_mode=required", "mysql://a:b%2Fc@h/x?ssl_mode=required"),
        ] {
            assert_eq!(with_database(url, "x"), expected);
        }
    }

    #[test]
    fn a_server_is_no_database() {
        assert!(names_a_database("mysql://root@h/app?ssl_mode=required"));
        assert!(!names_a_database("mysql://root@h/"));
        assert!(!names_a_database("mysql://root@h?x=/a"));
    }
}
