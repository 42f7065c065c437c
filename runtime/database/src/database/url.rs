//! What the address of a database says.

use diesel_autogen_schema::Dialect;

use crate::Error;

/// The engine of the database at this address. A path is SQLite's.
///
/// # Errors
/// When the scheme is that of no engine.
pub fn engine(url: &str) -> Result<Dialect, Error> {
    match url.split_once("://").map(|(scheme, _)| scheme) {
        None | Some("sqlite" | "file") => Ok(Dialect::Sqlite),
        Some("postgres" | "postgresql") => Ok(Dialect::Postgres),
        Some("mysql" | "mariadb") => Ok(Dialect::Mysql),
        Some(scheme) => Err(Error::Open {
            place: without_secrets(url),
            reason: format!(
                "`{scheme}` is no engine that is known: give a path, a `sqlite://`, \
                 a `postgres://` or a `mysql://` URL with `--database-url`"
            ),
        }),
    }
}

/// Makes sure that the database at this address is of an engine.
///
/// # Errors
/// When it is of another, or of none.
pub fn expect_engine(url: &str, dialect: Dialect) -> Result<(), Error> {
    let found = engine(url)?;
    if found == dialect {
        return Ok(());
    }
    let give = match dialect {
        Dialect::Sqlite => "a path or a `sqlite://` URL",
        Dialect::Postgres => "a `postgres://` URL",
        Dialect::Mysql => "a `mysql://` URL",
    };
    Err(Error::Open {
        place: without_secrets(url),
        reason: format!(
            "this is a database of {found}, and the migrations are for {dialect}: give {give} with \
             `--database-url`"
        ),
    })
}

/// That this build does not talk to the engine at the address.
#[cfg(not(all(feature = "postgres", feature = "mysql")))]
pub(crate) fn not_built(url: &str, dialect: Dialect) -> Error {
    let feature = match dialect {
        Dialect::Sqlite | Dialect::Postgres => "`--features postgres`",
        Dialect::Mysql => {
            "`--features mysql`, which takes the client library of the system (`libmariadb-dev` on \
             Debian)"
        }
    };
    let reason = format!("this build does not talk to {dialect}: install it with {feature}");
    Error::Open { place: without_secrets(url), reason }
}

/// The URL as it may be shown: without a password, and without parameters that may hold one.
pub fn without_secrets(url: &str) -> String {
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), url),
    };
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    let authority = rest.split('/').next().unwrap_or(rest);
    // A password may hold `/` or `@` that nobody escaped: what is before the last `@` goes.
    match rest.rsplit_once('@') {
        Some((user, host))
            if !scheme.is_empty() && (user.contains(':') || authority.contains('@')) =>
        {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}{user}:***@{host}")
        }
        Some(_) | None => format!("{scheme}{rest}"),
    }
}
