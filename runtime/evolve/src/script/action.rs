use super::{ColumnDef, Constraint, CreateTable, IndexDef};

/// What a statement does. Names of tables have their schemas before them where they are in none that
/// is meant anyway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `CREATE TABLE`.
    CreateTable(CreateTable),
    /// `DROP TABLE`.
    DropTable {
        /// Which.
        tables: Vec<String>,
        /// Whether what depends on them goes, too.
        cascade: bool,
    },
    /// `ALTER TABLE`, clause by clause.
    AlterTable {
        /// Which.
        table: String,
        /// What.
        clauses: Vec<Clause>,
    },
    /// `CREATE INDEX`.
    CreateIndex {
        /// Of which table.
        table: String,
        /// The index.
        index: IndexDef,
        /// `CONCURRENTLY`.
        concurrently: bool,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
        /// `ON ONLY`: of a partitioned table, without its partitions.
        only: bool,
    },
    /// `DROP INDEX`.
    DropIndex {
        /// Which.
        names: Vec<String>,
        /// Of which table, where that must be said.
        table: Option<String>,
        /// `CONCURRENTLY`.
        concurrently: bool,
        /// `IF EXISTS`.
        if_exists: bool,
        /// Whether what depends on them goes, too.
        cascade: bool,
    },
    /// `REINDEX`.
    Reindex {
        /// The table, where one is named.
        table: Option<String>,
        /// `CONCURRENTLY`.
        concurrently: bool,
    },
    /// `CREATE TYPE`, `CREATE DOMAIN`: the name.
    CreateType(String),
    /// `ALTER TYPE … ADD VALUE`.
    AddLabel {
        /// Which type.
        name: String,
        /// The label.
        label: String,
    },
    /// `ALTER TYPE … RENAME VALUE`.
    RenameLabel {
        /// Which type.
        name: String,
        /// The label.
        from: String,
        /// What it becomes.
        to: String,
    },
    /// `DROP VIEW`, `DROP TYPE`, …: what is dropped, in words, and whether what depends on it goes too.
    Drop {
        /// The kind, in lower case: `view`.
        kind: String,
        /// Which.
        names: Vec<String>,
        /// The table that they are of, where it is named: `DROP TRIGGER t ON users`.
        of: Option<String>,
        /// Whether what depends on them goes, too.
        cascade: bool,
    },
    /// `CREATE EXTENSION`: the name.
    CreateExtension(String),
    /// `TRUNCATE`.
    Truncate {
        /// Which.
        tables: Vec<String>,
        /// Whether tables that refer to them are emptied, too.
        cascade: bool,
    },
    /// `INSERT`, `REPLACE`, `COPY`: the table.
    Insert {
        /// Which.
        table: String,
        /// Whether the rows come from a query.
        from_query: bool,
    },
    /// `UPDATE`.
    Update {
        /// Which.
        table: String,
        /// Whether only some rows are meant.
        filtered: bool,
    },
    /// `DELETE`.
    Delete {
        /// Which.
        table: String,
        /// Whether only some rows are meant.
        filtered: bool,
    },
    /// `SELECT`, `VALUES`, `WITH … SELECT`.
    Select,
    /// `BEGIN`, `START TRANSACTION`.
    Begin,
    /// `COMMIT`, `END`.
    Commit,
    /// `ROLLBACK`.
    Rollback,
    /// `SAVEPOINT`, `RELEASE`.
    Savepoint,
    /// `SET name = value`, the name in lower case.
    Set {
        /// Which setting.
        name: String,
        /// Its value, as written.
        value: String,
    },
    /// `PRAGMA name = value`, the name in lower case.
    Pragma {
        /// Which.
        name: String,
        /// Its value in lower case; `None` when it is asked for.
        value: Option<String>,
    },
    /// `LOCK TABLE`, `LOCK TABLES`.
    Lock {
        /// Which.
        tables: Vec<String>,
    },
    /// `VACUUM`.
    Vacuum {
        /// Whether the tables are written anew.
        full: bool,
        /// The table, where one is named.
        table: Option<String>,
    },
    /// `CLUSTER`: the table, where one is named.
    Cluster(Option<String>),
    /// `REFRESH MATERIALIZED VIEW`.
    Refresh {
        /// Which.
        view: String,
        /// `CONCURRENTLY`.
        concurrently: bool,
    },
    /// `CREATE TRIGGER`: the table.
    CreateTrigger {
        /// Of which table.
        table: String,
    },
    /// `RENAME TABLE a TO b`.
    RenameTables(Vec<(String, String)>),
    /// What no transaction can have in it, in words: `CREATE DATABASE`.
    Alone(String),
    /// Something that is known and changes no table: `COMMENT`, `CREATE VIEW`, `GRANT`.
    Quiet,
    /// What the reader does not know.
    Unknown,
}

impl Action {
    /// Whether it has a table opened anew and changes nothing.
    pub fn only_reopens(&self) -> bool {
        matches!(self, Action::AlterTable { table: _, clauses } if clauses[..] == [Clause::EnableKeys])
    }
}

/// A clause of `ALTER TABLE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clause {
    /// `ADD COLUMN`.
    AddColumn(ColumnDef),
    /// `DROP COLUMN`.
    DropColumn {
        /// Which.
        name: String,
        /// Whether what depends on it goes, too.
        cascade: bool,
    },
    /// `RENAME COLUMN`.
    RenameColumn {
        /// Which.
        from: String,
        /// What it becomes.
        to: String,
    },
    /// `RENAME TO`: the new name, in the schema of the old one.
    RenameTable(String),
    /// `RENAME CONSTRAINT`, `RENAME INDEX`.
    RenameRule,
    /// `ADD CONSTRAINT`.
    AddConstraint(Constraint),
    /// `DROP CONSTRAINT`, `DROP FOREIGN KEY`, `DROP PRIMARY KEY`, `DROP CHECK`.
    DropConstraint {
        /// Which, where it has a name.
        name: Option<String>,
        /// Whether it is said to be the primary key.
        primary_key: bool,
        /// Whether what depends on it goes, too.
        cascade: bool,
    },
    /// `VALIDATE CONSTRAINT`.
    Validate(String),
    /// `ALTER COLUMN … SET NOT NULL`.
    SetNotNull(String),
    /// `ALTER COLUMN … DROP NOT NULL`.
    DropNotNull(String),
    /// `ALTER COLUMN … SET DEFAULT`, `DROP DEFAULT`.
    Default(String),
    /// `ALTER COLUMN … TYPE`.
    SetType {
        /// Which.
        column: String,
        /// The type in upper case.
        sql_type: String,
        /// How values are cast, when it is said.
        using: Option<String>,
        /// Whether values are compared in another way from now on.
        collation: bool,
    },
    /// `ALTER COLUMN … ADD GENERATED … AS IDENTITY`, `SET GENERATED`, `DROP IDENTITY`.
    Identity(String),
    /// `ALTER COLUMN … SET EXPRESSION`.
    SetExpression(String),
    /// `ALTER COLUMN … DROP EXPRESSION`.
    DropExpression(String),
    /// `MODIFY COLUMN`, `CHANGE COLUMN`: the name until now, and the whole column.
    Modify {
        /// Its name until now.
        from: String,
        /// The column.
        column: ColumnDef,
    },
    /// `ADD INDEX`.
    AddIndex(IndexDef),
    /// `DROP INDEX`.
    DropIndex(String),
    /// `DISABLE TRIGGER`: which.
    DisableTrigger(String),
    /// `ENABLE TRIGGER`.
    EnableTrigger,
    /// `ENABLE KEYS`, which opens a table of InnoDB anew and changes nothing.
    EnableKeys,
    /// What writes the table anew by itself, in words: `SET UNLOGGED`.
    Rewrite(String),
    /// What has the table built anew in its place while others write, in words: `ROW_FORMAT`.
    Rebuild(String),
    /// `ATTACH PARTITION`.
    AttachPartition(String),
    /// `DETACH PARTITION`.
    DetachPartition {
        /// Which.
        name: String,
        /// `CONCURRENTLY`.
        concurrently: bool,
    },
    /// `SET SCHEMA`.
    SetSchema(String),
    /// `ENGINE = …`, in lower case.
    Engine(String),
    /// `CONVERT TO CHARACTER SET …`, in lower case.
    ConvertCharset(String),
    /// `ALGORITHM = …`, in upper case.
    Algorithm(String),
    /// `LOCK = …`, in upper case.
    LockMode(String),
    /// `SET (…)`, `SET STATISTICS`, `COMMENT = …`: nothing but the catalogue changes, and others go on
    /// reading and writing.
    Light,
    /// What the reader does not know, as written.
    Other(String),
}

impl Clause {
    /// The place that a table has behind it, when it is another one.
    pub fn new_place(&self, table: &str) -> Option<String> {
        if let Clause::RenameTable(to) = self {
            Some(to.clone())
        } else if let Clause::SetSchema(schema) = self {
            let name = table.rsplit('.').next().unwrap_or(table);
            Some(if schema == "public" { name.to_owned() } else { format!("{schema}.{name}") })
        } else {
            None
        }
    }
}
