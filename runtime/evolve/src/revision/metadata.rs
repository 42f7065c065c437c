use std::fmt;

use diesel_autogen_schema::Record;
use toml::{Table, Value};

/// What `metadata.toml` beside a migration's SQL says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Whether Diesel runs the migration in a transaction.
    pub transaction: bool,
    /// What the revision is about.
    pub message: Option<String>,
    /// Versions that it follows, when it says so.
    pub parents: Option<Vec<String>>,
    /// Checksum of `up.sql`, when it was generated.
    pub up_checksum: Option<String>,
    /// Checksum of `down.sql`, when it was generated.
    pub down_checksum: Option<String>,
    /// What the revision changes, when it was generated or learned.
    pub records: Option<Vec<Record>>,
}

/// What holds without a `metadata.toml`.
impl Default for Metadata {
    fn default() -> Metadata {
        Metadata {
            transaction: true,
            message: None,
            parents: None,
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
        let mut file: Table = text.parse().map_err(|error: toml::de::Error| MetadataError {
            line: error.span().map(|span| text[..span.start].matches('\n').count() + 1),
            reason: error.message().to_owned(),
        })?;
        // Diesel takes a file without the key for `false`.
        let transaction = match file.get("run_in_transaction") {
            None => false,
            Some(Value::Boolean(value)) => *value,
            Some(_) => return Err(wrong("`run_in_transaction` must be true or false")),
        };
        let mut ours = match file.remove("diesel_autogen") {
            None => return Ok(Metadata { transaction, ..Metadata::default() }),
            Some(Value::Table(table)) => table,
            Some(_) => return Err(wrong("`diesel_autogen` must be a table")),
        };
        let metadata = Metadata {
            transaction,
            message: string(&mut ours, "message")?,
            parents: parents(&mut ours)?,
            up_checksum: string(&mut ours, "up")?,
            down_checksum: string(&mut ours, "down")?,
            records: None,
        };
        match ours.keys().next() {
            None => Ok(metadata),
            Some(key) => Err(wrong(&format!(
                "`diesel_autogen.{key}` is unknown here: perhaps a newer diesel-autogen wrote it"
            ))),
        }
    }
}

fn string(table: &mut Table, key: &str) -> Result<Option<String>, MetadataError> {
    match table.remove(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong(&format!("`diesel_autogen.{key}` must be a string"))),
    }
}

fn parents(table: &mut Table) -> Result<Option<Vec<String>>, MetadataError> {
    let Some(value) = table.remove("parents") else { return Ok(None) };
    let list = value.as_array().and_then(|list| {
        list.iter().map(|it| it.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
    });
    list.map(Some).ok_or_else(|| wrong("`diesel_autogen.parents` must be a list of versions"))
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
