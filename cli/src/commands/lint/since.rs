use std::path::Path;
use std::process::Command;

use crate::Error;

/// Names of the directories in which a file is new or other than where this branch left `commit`,
/// whether that is committed or not.
pub(super) fn changed(migrations: &Path, commit: &str) -> Result<Vec<String>, Error> {
    if commit.starts_with('-') {
        return Err(Error::usage(format!("--since {commit}: a commit of git was expected")));
    }
    let base = git(migrations, &["merge-base", commit, "HEAD"])?;
    let base = base.trim();
    let tracked = git(migrations, &["diff", "--name-only", "--relative", "-z", base, "--", "."])?;
    let others = git(migrations, &["ls-files", "--others", "--exclude-standard", "-z", "--", "."])?;
    let files = tracked.split('\0').chain(others.split('\0'));
    let mut names: Vec<String> =
        files.filter_map(|file| file.split_once('/')).map(|(name, _)| name.to_owned()).collect();
    names.sort();
    names.dedup();
    Ok(names)
}

fn git(directory: &Path, arguments: &[&str]) -> Result<String, Error> {
    let output = Command::new("git").arg("-C").arg(directory).args(arguments).output();
    let output =
        output.map_err(|error| Error::failure(format!("--since: cannot run git: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or("it found no common commit").to_owned();
    Err(Error::failure(format!("--since: git {}: {said}", arguments[0])))
}
