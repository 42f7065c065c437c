//! The shells of the engines, which run what `--sql` writes.

use std::io::Write;
use std::process::{Command, Stdio};

use super::shop::Shop;

/// Runs a script by the shell of the package's engine, and says whether the shell was content. `None`
/// where the machine has no such shell and need not have one.
///
/// # Panics
/// When there is none although `AUTOGEN_REQUIRE_DATABASES` is set.
pub(crate) fn shell(shop: &Shop, script: &str) -> Option<bool> {
    let url = shop.url();
    let mut command = match url.split_once("://") {
        None => {
            let mut command = Command::new("sqlite3");
            command.arg(&url);
            command
        }
        Some(("mysql", rest)) => mariadb(rest),
        Some(_) => {
            let mut command = Command::new("psql");
            command.args([&url, "-qX", "-f", "-"]);
            command
        }
    };
    let child = command
        .current_dir(shop.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => {
            let is_required = std::env::var_os("AUTOGEN_REQUIRE_DATABASES").is_some();
            assert!(!is_required, "{:?}: {error}", command.get_program());
            return None;
        }
    };
    // A shell that stops at an error reads no further.
    let _ = child.stdin.take().unwrap().write_all(script.as_bytes());
    Some(child.wait().unwrap().success())
}

fn mariadb(rest: &str) -> Command {
    let (authority, name) = rest.rsplit_once('/').unwrap();
    let (user, address) = authority.split_once('@').unwrap();
    let (host, port) = address.split_once(':').unwrap_or((address, "3306"));
    let has = |name: &&str| Command::new(name).arg("--version").output().is_ok();
    let program = ["mariadb", "mysql"].into_iter().find(has).unwrap_or("mariadb");
    let mut command = Command::new(program);
    command.args(["--host", host, "--port", port, "--user", user, name]);
    command
}
