use std::fmt;

use diesel_autogen_schema::Record;
use diesel_autogen_schema::snapshot::{quote, read_records, split_records, write_records};
use toml::de::{DeTable, DeValue};

use super::Phase;

/// What `metadata.toml` beside a migration's SQL says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Whether Diesel runs the migration in a transaction.
    pub transaction: bool,
    /// The version under which it was generated, when it says so: a directory that was renamed has
    /// another one.
    pub version: Option<String>,
    /// What the revision is about.
    pub message: Option<String>,
    /// Versions that it follows, when it says so.
    pub parents: Option<Vec<String>>,
    /// Versions of the revisions that were made one, this one's own excepted.
    pub replaces: Vec<String>,
    /// Whether a person wrote the SQL. A file that says nothing of ours is by hand, too.
    pub by_hand: bool,
    /// What it is to programs that run meanwhile, where one change is made by several revisions.
    pub phase: Option<Phase>,
    /// Checksum of `up.sql`, when it was generated or learned.
    pub up_checksum: Option<String>,
    /// Checksum of `down.sql`, when it was generated or learned.
    pub down_checksum: Option<String>,
    /// What the revision changes, when it was generated or learned.
    pub records: Option<Vec<Record>>,
}

/// What holds without a `metadata.toml`.
impl Default for Metadata {
    fn default() -> Metadata {
        Metadata {
            transaction: true,
            version: None,
            message: None,
            parents: None,
            replaces: Vec::new(),
            by_hand: true,
            phase: None,
            up_checksum: None,
            down_checksum: None,
            records: None,
        }
    }
}

impl Metadata {
    /// Reads the text of a `metadata.toml`. Keys of others are left alone, as Diesel does.
    ///
    /// # Errors
    /// When the text is no TOML, or a key of ours is not what it must be.
    pub fn read(text: &str) -> Result<Metadata, MetadataError> {
        if let Some((head, records)) = split_records(CHANGES, text)
            && let Ok(metadata @ Metadata { records: None, .. }) = Metadata::read_whole(head)
        {
            return Ok(Metadata { records: Some(records), ..metadata });
        }
        Metadata::read_whole(text)
    }

    fn read_whole(text: &str) -> Result<Metadata, MetadataError> {
        let parsed = DeTable::parse(text).map_err(|error| MetadataError {
            line: error.span().map(|span| text[..span.start].matches('\n').count() + 1),
            reason: error.message().to_owned(),
        })?;
        let mut file = parsed.into_inner();
        // Diesel takes a file without the key for `false`.
        let transaction = match take(&mut file, "run_in_transaction") {
            None => false,
            Some(DeValue::Boolean(value)) => value,
            Some(_) => return Err(wrong("`run_in_transaction` must be true or false")),
        };
        let mut ours = match take(&mut file, "diesel_autogen") {
            None => return Ok(Metadata { transaction, ..Metadata::default() }),
            Some(DeValue::Table(table)) => table,
            Some(_) => return Err(wrong("`diesel_autogen` must be a table")),
        };
        let metadata = Metadata {
            transaction,
            version: string(&mut ours, "version")?,
            message: string(&mut ours, "message")?,
            parents: versions(&mut ours, "parents")?,
            replaces: versions(&mut ours, "replaces")?.unwrap_or_default(),
            by_hand: boolean(&mut ours, "by_hand")?,
            phase: phase(&mut ours)?,
            up_checksum: string(&mut ours, "up")?,
            down_checksum: string(&mut ours, "down")?,
            records: records(&mut ours)?,
        };
        match ours.keys().next() {
            None => Ok(metadata),
            Some(key) => Err(wrong(&format!(
                "`diesel_autogen.{}` is unknown here: perhaps a newer diesel-autogen wrote it",
                key.get_ref()
            ))),
        }
    }

    /// The text of a `metadata.toml`. It always says `run_in_transaction`, because Diesel takes
    /// a file that does not for `false`.
    pub fn write(&self) -> String {
        let Metadata {
            transaction,
            version,
            message,
            parents,
            replaces,
            by_hand,
            phase,
            up_checksum,
            down_checksum,
            records,
        } = self;
        let mut out = format!("run_in_transaction = {transaction}\n\n[diesel_autogen]\n");
        let mut line = |key: &str, value: &str| out.push_str(&format!("{key} = {value}\n"));
        if let Some(version) = version {
            line("version", &quote(version));
        }
        if let Some(message) = message {
            line("message", &quote(message));
        }
        for (key, versions) in [
            ("parents", parents.as_ref()),
            ("replaces", Some(replaces).filter(|it| !it.is_empty())),
        ] {
            if let Some(versions) = versions {
                let versions: Vec<String> = versions.iter().map(|version| quote(version)).collect();
                line(key, &format!("[{}]", versions.join(", ")));
            }
        }
        if *by_hand {
            line("by_hand", "true");
        }
        if let Some(phase) = phase {
            line("phase", &quote(phase.name()));
        }
        for (key, checksum) in [("up", up_checksum), ("down", down_checksum)] {
            if let Some(checksum) = checksum {
                line(key, &quote(checksum));
            }
        }
        match records.as_deref() {
            None => {}
            // Nothing was changed, which is not the same as nothing being known.
            Some([]) => line("changes", "[]"),
            Some(records) => out.push_str(&write_records(CHANGES, records)),
        }
        out
    }
}

/// Where the changes stand.
const CHANGES: &str = "diesel_autogen.changes";

fn take<'i>(table: &mut DeTable<'i>, key: &str) -> Option<DeValue<'i>> {
    table.remove(key).map(|value| value.into_inner())
}

fn records(table: &mut DeTable<'_>) -> Result<Option<Vec<Record>>, MetadataError> {
    let Some(value) = take(table, "changes") else { return Ok(None) };
    read_records(CHANGES, value).map(Some).map_err(|error| wrong(&error.to_string()))
}

fn string(table: &mut DeTable<'_>, key: &str) -> Result<Option<String>, MetadataError> {
    match take(table, key) {
        None => Ok(None),
        Some(DeValue::String(text)) => Ok(Some(text.into_owned())),
        Some(_) => Err(wrong(&format!("`diesel_autogen.{key}` must be a string"))),
    }
}

fn phase(table: &mut DeTable<'_>) -> Result<Option<Phase>, MetadataError> {
    let Some(name) = string(table, "phase")? else { return Ok(None) };
    let names = || Phase::ALL.map(Phase::name).join("`, `");
    let found = Phase::from_name(&name);
    found
        .map(Some)
        .ok_or_else(|| wrong(&format!("`diesel_autogen.phase` must be one of `{}`", names())))
}

fn boolean(table: &mut DeTable<'_>, key: &str) -> Result<bool, MetadataError> {
    match take(table, key) {
        None => Ok(false),
        Some(DeValue::Boolean(value)) => Ok(value),
        Some(_) => Err(wrong(&format!("`diesel_autogen.{key}` must be true or false"))),
    }
}

fn versions(table: &mut DeTable<'_>, key: &str) -> Result<Option<Vec<String>>, MetadataError> {
    let Some(value) = take(table, key) else { return Ok(None) };
    let list = value.as_array().and_then(|list| {
        list.iter().map(|it| it.get_ref().as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
    });
    list.map(Some)
        .ok_or_else(|| wrong(&format!("`diesel_autogen.{key}` must be a list of versions")))
}

fn wrong(reason: &str) -> MetadataError {
    MetadataError { line: None, reason: reason.to_owned() }
}

/// A `metadata.toml` that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataError {
    /// Line of the mistake, where it has one.
    pub line: Option<usize>,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for MetadataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for MetadataError {}
