use diesel_autogen_schema::Record;

use super::{Metadata, MetadataError, Phase, checksum, slug, version};

/// One migration directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// What Diesel keeps in its table: see [`version`].
    pub version: String,
    /// The rest of the directory's name.
    pub slug: String,
    /// Name of the directory.
    pub dir_name: String,
    /// The version under which it was generated, when its metadata says so.
    pub recorded_version: Option<String>,
    /// What it is about, in its author's words.
    pub message: Option<String>,
    /// Versions that it follows; `None` when it was written by hand and follows whatever sorts
    /// before it. See [`super::History::parents`].
    pub parents: Option<Vec<String>>,
    /// Versions of the revisions that were made one, this one's own excepted.
    pub replaces: Vec<String>,
    /// Whether a person wrote the SQL.
    pub by_hand: bool,
    /// What it is to programs that run meanwhile, where one change is made by several revisions.
    pub phase: Option<Phase>,
    /// Whether Diesel runs it in a transaction.
    pub transaction: bool,
    /// Recorded checksum of `up.sql`.
    pub up_checksum: Option<String>,
    /// Recorded checksum of `down.sql`.
    pub down_checksum: Option<String>,
    /// What it changed; `None` when it was written by hand and has not been learned.
    pub records: Option<Vec<Record>>,
    /// Text of `up.sql`.
    pub up_sql: String,
    /// Text of `down.sql`, if there is one.
    pub down_sql: Option<String>,
}

impl Revision {
    /// The revision of a directory with these files.
    ///
    /// # Errors
    /// When `metadata.toml` cannot be understood.
    pub fn read(
        dir_name: &str,
        up_sql: String,
        down_sql: Option<String>,
        metadata: Option<&str>,
    ) -> Result<Revision, MetadataError> {
        let Metadata {
            transaction,
            version: recorded_version,
            message,
            parents,
            replaces,
            by_hand,
            phase,
            up_checksum,
            down_checksum,
            records,
        } = match metadata {
            Some(text) => Metadata::read(text)?,
            None => Metadata::default(),
        };
        Ok(Revision {
            version: version(dir_name),
            slug: slug(dir_name).to_owned(),
            dir_name: dir_name.to_owned(),
            recorded_version,
            message,
            parents,
            replaces,
            by_hand,
            phase,
            transaction,
            up_checksum,
            down_checksum,
            records,
            up_sql,
            down_sql,
        })
    }

    /// What `metadata.toml` says of this revision.
    pub fn metadata(&self) -> Metadata {
        Metadata {
            transaction: self.transaction,
            version: self.recorded_version.clone(),
            message: self.message.clone(),
            parents: self.parents.clone(),
            replaces: self.replaces.clone(),
            by_hand: self.by_hand,
            phase: self.phase,
            up_checksum: self.up_checksum.clone(),
            down_checksum: self.down_checksum.clone(),
            records: self.records.clone(),
        }
    }

    /// Whether a person wrote it, and what it changed has not been learned.
    pub fn is_unlearned(&self) -> bool {
        self.records.is_none()
    }

    /// What the revision is about: its message, else the words of its directory's name.
    pub fn title(&self) -> String {
        match &self.message {
            Some(message) => message.clone(),
            None => self.slug.replace(['_', '-'], " "),
        }
    }

    /// Names of the SQL files whose text is not the one that was recorded.
    pub fn edited_files(&self) -> Vec<&'static str> {
        let differs = |recorded: &Option<String>, text: Option<&str>| match recorded {
            Some(recorded) => text.is_none_or(|text| checksum(text) != *recorded),
            None => false,
        };
        let mut files = Vec::new();
        if differs(&self.up_checksum, Some(&self.up_sql)) {
            files.push("up.sql");
        }
        if differs(&self.down_checksum, self.down_sql.as_deref()) {
            files.push("down.sql");
        }
        files
    }
}
