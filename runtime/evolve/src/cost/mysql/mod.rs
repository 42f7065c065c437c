//! Which way MySQL and MariaDB alter a table. That of MariaDB 10.11 is measured on a server by
//! `runtime/database/tests/database/mysql/cost.rs`: it takes the way that is told here, and refuses
//! the next cheaper one.

mod column;
mod letters;
mod means;

use diesel_autogen_schema::sql::{names, tokens};
use diesel_autogen_schema::{Algorithm, Dialect, Flavour};

pub use means::Means;

use crate::script::{
    Clause, ColumnDef, Constraint, IndexDef, Known, KnownColumn, KnownTable, Made, RuleKind,
};

/// How the server does an `ALTER TABLE` of these clauses, its checks of foreign keys turned on.
pub fn mysql(table: &str, clauses: &[Clause], known: &Known, flavour: Flavour) -> Means {
    let unheard = KnownTable::default();
    let table = known.table(table).unwrap_or(&unheard);
    let mut sum = Sum::new(table, flavour);
    clauses.iter().for_each(|clause| sum.take(clause));
    let mut means = sum.together();
    if flavour == Flavour::Mysql && means.algorithm == Algorithm::Nocopy {
        // MySQL has no such word.
        means.algorithm = Algorithm::Inplace;
    }
    means
}

/// What clauses do, one after the other.
struct Sum<'a> {
    table: &'a KnownTable,
    flavour: Flavour,
    means: Means,
    /// A column comes that is written in the rows.
    adds: bool,
    /// One goes.
    drops: bool,
    /// Columns come, go or move that are computed at every reading.
    turns: bool,
    /// Names of those that come.
    computed: Vec<&'a str>,
    /// One of them goes.
    uncomputed: bool,
    /// Something is done that goes with none of them.
    other: bool,
    /// A column takes NULL no longer.
    tightens: bool,
    /// The type or the collation of a column is another, and rows stay as they are.
    reshapes: bool,
    /// An index is built anew because of that.
    resorts: bool,
    /// Options of the table change.
    options: bool,
    /// Indexes of words that come.
    words: usize,
    /// Indexes that come in the ordinary way, by what they are over.
    keys: Vec<&'a [String]>,
    /// Names of indexes and columns that go.
    gone: Vec<&'a str>,
    /// The primary key goes, and comes.
    key: (bool, bool),
}

impl<'a> Sum<'a> {
    fn new(table: &'a KnownTable, flavour: Flavour) -> Sum<'a> {
        Sum {
            table,
            flavour,
            means: Means::INSTANT,
            adds: false,
            drops: false,
            turns: false,
            computed: Vec::new(),
            uncomputed: false,
            other: false,
            tightens: false,
            reshapes: false,
            resorts: false,
            options: false,
            words: 0,
            keys: Vec::new(),
            gone: Vec::new(),
            key: (false, false),
        }
    }

    fn needs(&mut self, means: Means) {
        self.means = self.means.and(means);
    }

    fn column(&self, name: &str) -> Option<&'a KnownColumn> {
        self.table.column(Dialect::Mysql, name)
    }

    /// Whether an index, or the primary key, is about the column.
    fn is_indexed(&self, name: &str) -> bool {
        let is = |key: &String| key.eq_ignore_ascii_case(name);
        self.table.primary_key.iter().any(is)
            || self.table.indexes.iter().any(|it| it.index.keys.iter().any(is))
            || self.table.foreign_keys.iter().any(|(_, columns, _)| columns.iter().any(is))
    }

    /// Whether an index that stays is about the column.
    fn stays_indexed(&self, name: &str) -> bool {
        let mut indexes = self.table.indexes.iter().map(|it| &it.index);
        indexes.any(|it| {
            let gone = it.name.as_ref().is_some_and(|name| self.gone.contains(&name.as_str()));
            !gone && it.keys.iter().any(|key| key.eq_ignore_ascii_case(name))
        })
    }

    /// Whether an index is about the column and about one that stays.
    fn is_shared(&self, name: &str) -> bool {
        let mut indexes = self.table.indexes.iter().map(|it| &it.index);
        indexes.any(|it| {
            let gone = it.name.as_ref().is_some_and(|name| self.gone.contains(&name.as_str()));
            let stays = |key: &String| !self.gone.contains(&key.as_str());
            !gone && it.keys.iter().any(|key| key == name) && it.keys.iter().any(stays)
        })
    }

    fn take(&mut self, clause: &'a Clause) {
        match clause {
            Clause::AddColumn(column) => self.added(column),
            Clause::DropColumn { name, cascade: _ } => self.dropped(name),
            Clause::Modify { from, column } => self.modified(from, column),
            Clause::AddConstraint(rule) => self.ruled(rule),
            Clause::AddIndex(index) => self.indexed(index),
            Clause::DropIndex(name) => {
                self.gone.push(name);
                self.needs(Means::INDEXED);
                let unique =
                    self.table.indexes.iter().any(|it| {
                        it.index.unique && it.index.name.as_deref() == Some(name.as_str())
                    });
                self.other |= unique;
            }
            Clause::DropConstraint { name: _, primary_key: true, cascade: _ } => {
                self.key.0 = true;
                self.other = true;
            }
            Clause::DropConstraint { .. }
            | Clause::RenameRule
            | Clause::RenameColumn { .. }
            | Clause::RenameTable(_)
            | Clause::Default(_) => self.other = true,
            Clause::Light => (self.other, self.options) = (true, true),
            Clause::ConvertCharset(_) | Clause::Rewrite(_) => self.needs(Means::COPIED),
            Clause::Rebuild(_) => self.rebuilt(),
            Clause::Engine(engine) if is_innodb(Some(engine)) && self.is_innodb() => {
                self.rebuilt();
            }
            Clause::Engine(_) => self.needs(Means::COPIED),
            Clause::Algorithm(_)
            | Clause::LockMode(_)
            | Clause::EnableKeys
            | Clause::Validate(_)
            | Clause::SetNotNull(_)
            | Clause::DropNotNull(_)
            | Clause::SetType { .. }
            | Clause::Identity(_)
            | Clause::SetExpression(_)
            | Clause::DropExpression(_)
            | Clause::DisableTrigger(_)
            | Clause::EnableTrigger
            | Clause::AttachPartition(_)
            | Clause::DetachPartition { .. }
            | Clause::SetSchema(_)
            | Clause::Other(_) => {}
        }
    }

    fn is_innodb(&self) -> bool {
        is_innodb(self.table.engine.as_deref())
    }

    fn rebuilt(&mut self) {
        self.other = true;
        self.needs(Means::REBUILT);
    }

    fn added(&mut self, column: &'a ColumnDef) {
        match column.made {
            Made::Virtual => {
                self.turns = true;
                self.computed.push(&column.name);
            }
            Made::Stored => self.needs(Means::COPIED),
            Made::Counted => {
                self.adds = true;
                self.needs(Means::REBUILT_ALONE);
            }
            Made::Given => {
                self.adds = true;
                if column.default.as_deref().is_some_and(|it| self.differs_by_row(it)) {
                    self.needs(Means::COPIED);
                }
            }
        }
        if column.unique || column.primary_key {
            self.rebuilt();
        }
        if column.placed && self.table.columns.iter().any(|it| it.made == Made::Virtual) {
            self.turns = true;
        }
        if column.check.is_some() && self.flavour == Flavour::Mysql {
            self.needs(Means::COPIED);
        }
        if column.references.is_some() {
            self.needs(Means::COPIED);
        }
    }

    /// Whether a default has another value in each row from the beginning.
    fn differs_by_row(&self, default: &str) -> bool {
        let fresh: &[&str] = match self.flavour {
            Flavour::Mysql => &["uuid", "uuid_short", "rand", "random_bytes"],
            // What is random there is one value for all rows.
            Flavour::Mariadb => &["uuid", "uuid_short", "sys_guid"],
        };
        let mut words = tokens(default, Dialect::Mysql);
        let mut names = names(default, Dialect::Mysql);
        words.any(|token| fresh.iter().any(|it| token.is_name(it)))
            || names.any(|token| {
                let mut columns = self.table.columns.iter();
                columns.any(|it| token.is_column(&it.name, Dialect::Mysql))
            })
    }

    fn dropped(&mut self, name: &'a str) {
        self.gone.push(name);
        let made = self.column(name).map_or(Made::Given, |it| it.made);
        if made == Made::Virtual {
            (self.turns, self.uncomputed) = (true, true);
        } else {
            self.drops = true;
            // Those that stand behind it move.
            let mut behind = self.table.columns.iter().skip_while(|it| it.name != name);
            self.turns |= behind.any(|it| it.made == Made::Virtual);
        }
        if self.is_indexed(name) {
            let means = match self.flavour {
                Flavour::Mariadb => Means::INDEXED,
                Flavour::Mysql => Means::REBUILT,
            };
            self.needs(means);
        }
    }

    fn ruled(&mut self, rule: &'a Constraint) {
        match &rule.kind {
            RuleKind::PrimaryKey(_) => {
                self.key.1 = true;
                self.rebuilt();
            }
            RuleKind::Unique(columns) => {
                self.other = true;
                self.keys.push(columns);
                self.needs(Means::INDEXED);
            }
            RuleKind::Check(_) | RuleKind::ForeignKey(..) => self.needs(Means::COPIED),
            RuleKind::Exclude | RuleKind::NotNull(_) => {}
        }
    }

    fn indexed(&mut self, index: &'a IndexDef) {
        match index.method.as_deref() {
            Some("fulltext") => self.words += 1,
            Some("spatial") => {
                self.keys.push(&index.keys);
                self.needs(Means::INDEXED_ALONE);
            }
            Some(_) | None => {
                self.other |= index.unique;
                self.keys.push(&index.keys);
                self.needs(Means::INDEXED);
            }
        }
    }

    /// What all of it takes.
    fn together(mut self) -> Means {
        if !self.is_innodb() {
            let touched = self.adds || self.drops || self.turns || self.words > 0;
            let touched = touched || self.means != Means::INSTANT;
            return if touched { Means::COPIED } else { Means::INSTANT };
        }
        if self.key == (true, false) {
            let stands_in = self.flavour == Flavour::Mariadb && self.has_another_key();
            self.needs(if stands_in { Means::REBUILT } else { Means::COPIED });
        }
        // What is instant by itself is not beside the building of an index.
        let builds = self.words > 0 || !self.keys.is_empty() || self.resorts;
        if (self.adds || self.drops) && builds || self.gone.iter().any(|it| self.is_shared(it)) {
            self.needs(Means::REBUILT);
        }
        if self.options && self.reshapes {
            self.needs(Means::INDEXED);
        }
        self.around_words();
        self.around_computed();
        let is_rebuilt = self.means.algorithm == Algorithm::Inplace;
        if is_rebuilt && self.stays("spatial") {
            self.needs(Means::REBUILT_ALONE);
        }
        self.means
    }

    /// Whether an index stays, or comes, that can be what the primary key was.
    fn has_another_key(&self) -> bool {
        let required = |name: &String| self.column(name).is_some_and(|it| !it.nullable);
        let mut indexes = self.table.indexes.iter().map(|it| &it.index);
        indexes.any(|it| {
            let stays = !it.name.as_ref().is_some_and(|name| self.gone.contains(&name.as_str()));
            stays && it.unique && it.keys.iter().all(required)
        })
    }

    /// Whether an index that is kept so is there before and after.
    fn stays(&self, method: &str) -> bool {
        self.table.indexes.iter().any(|it| {
            let named = it.index.name.as_deref().is_some_and(|name| self.gone.contains(&name));
            let lost = it.index.keys.iter().all(|key| self.gone.contains(&key.as_str()));
            it.index.method.as_deref() == Some(method) && !named && !lost
        })
    }

    /// A table with an index of words keeps more beside its rows than others.
    fn around_words(&mut self) {
        let had = |it: &crate::script::KnownIndex| it.index.method.as_deref() == Some("fulltext");
        let had = self.table.indexes.iter().any(had);
        let is_rebuilt = self.means.algorithm == Algorithm::Inplace;
        match (self.words, had) {
            (0, _) => {}
            // Two are not built at once, and neither are one and those that are there.
            (1, true) if is_rebuilt && self.stays("fulltext") => self.needs(Means::COPIED),
            (1, true) => self.needs(Means::INDEXED_ALONE),
            (1, false) => self.needs(Means::REBUILT_ALONE),
            (_, _) => self.needs(Means::COPIED),
        }
        if had && (self.adds || self.drops) {
            self.needs(Means::REBUILT);
        }
        if self.means.algorithm == Algorithm::Inplace && self.stays("fulltext") {
            self.needs(Means::REBUILT_ALONE);
        }
    }

    /// A table that computes columns is not altered in place in every way.
    fn around_computed(&mut self) {
        let stay = self.table.columns.iter().filter(|it| !self.gone.contains(&it.name.as_str()));
        let stored = stay.clone().any(|it| it.made == Made::Stored);
        let mut computed = stay.filter(|it| it.made == Made::Virtual);
        let had = computed.clone().any(|it| self.is_indexed(&it.name));
        let comes = |name: &String| self.keys.iter().any(|keys| keys.contains(name));
        let will = computed.clone().any(|it| comes(&it.name));
        let kept = computed.any(|it| self.stays_indexed(&it.name));
        if had && self.adds {
            self.needs(Means::REBUILT);
        }
        let is_rebuilt = self.means.algorithm == Algorithm::Inplace;
        let mixed = self.turns && (self.adds || self.other || is_rebuilt);
        if mixed || self.tightens && (stored || kept) || kept && self.drops {
            self.needs(Means::COPIED);
        } else if (kept || will) && is_rebuilt {
            self.needs(Means::REBUILT_ALONE);
        }
        let mut keys = self.keys.iter().flat_map(|it| it.iter());
        if keys.any(|key| self.computed.contains(&key.as_str())) {
            let gone = self.uncomputed;
            self.needs(if gone { Means::COPIED } else { Means::INDEXED_ALONE });
        }
    }
}

fn is_innodb(engine: Option<&str>) -> bool {
    engine.is_none_or(|it| it.eq_ignore_ascii_case("innodb"))
}
