use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel_autogen_evolve::revision::version;

use crate::{Error, Exit};

const DIRECTORY: &str = "%Y-%m-%d-%H%M%S";
const VERSION: &str = "%Y%m%d%H%M%S";

/// The stamp that begins the name of a new directory: `now`, or a second after the newest
/// revision when that one is not older. So no two are equal, and a new revision is always last.
///
/// # Errors
/// When a version on disk is no date and sorts after all of them.
pub fn stamp(now: DateTime<Utc>, newest: Option<&str>) -> Result<String, Error> {
    let now = now.naive_utc();
    let Some(newest) = newest else {
        return Ok(now.format(DIRECTORY).to_string());
    };
    let version = version(newest);
    if now.format(VERSION).to_string() > version {
        return Ok(now.format(DIRECTORY).to_string());
    }
    next(&version).ok_or_else(|| {
        Error::new(
            Exit::Conflict,
            format!(
                "`{}` sorts after every date, so nothing can follow it: rename its directory to \
                 begin with a date like {}",
                newest,
                now.format(DIRECTORY)
            ),
        )
    })
}

/// The stamp one second after a version that begins with one.
fn next(version: &str) -> Option<String> {
    let stamp = version.get(..14)?;
    let time = NaiveDateTime::parse_from_str(stamp, VERSION).ok()?;
    let next = time.checked_add_signed(TimeDelta::seconds(1))?;
    let later = next.format(VERSION).to_string();
    (later.as_str() > version).then(|| next.format(DIRECTORY).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamped(now: &str, dirs: &[&str]) -> Result<String, Error> {
        let now = NaiveDateTime::parse_from_str(now, DIRECTORY).unwrap().and_utc();
        stamp(now, dirs.last().copied())
    }

    #[test]
    fn stamps_never_repeat_and_always_grow() {
        for (dirs, expected) in [
            (&[][..], "2026-11-22-120000"),
            (&["2026-11-22-115959_a"], "2026-11-22-120000"),
            (&["00000000000000_diesel_initial_setup"], "2026-11-22-120000"),
            (&["2026-11-22-120000_a"], "2026-11-22-120001"),
            (&["2026-11-22-120000-ffff_a"], "2026-11-22-120001"),
            (&["2026-11-22-120000_a", "2026-12-31-235959_b"], "2027-01-01-000000"),
        ] {
            assert_eq!(stamped("2026-11-22-120000", dirs).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn a_version_after_all_dates_is_a_conflict() {
        for dir in ["3_x", "nounderscore", "99991231235959_x", "2026-99-99-999999_x"] {
            let error = stamped("2026-11-22-120000", &[dir]).unwrap_err();
            assert_eq!(error.exit, Exit::Conflict);
            assert!(error.messages[0].starts_with(&format!("`{dir}` sorts after every date")));
        }
    }
}
