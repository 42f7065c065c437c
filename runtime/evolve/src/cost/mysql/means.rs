use diesel_autogen_schema::{Algorithm, Locking};

/// The cheapest way in which a server alters a table, and what it lets others do meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Means {
    /// How the table is altered.
    pub algorithm: Algorithm,
    /// What others may do.
    pub lock: Locking,
}

impl Means {
    pub(super) const INSTANT: Means = Means { algorithm: Algorithm::Instant, lock: Locking::None };
    /// An index is built or goes, and the rows stay where they are.
    pub(super) const INDEXED: Means = Means { algorithm: Algorithm::Nocopy, lock: Locking::None };
    /// The same while nobody writes.
    pub(super) const INDEXED_ALONE: Means =
        Means { algorithm: Algorithm::Nocopy, lock: Locking::Shared };
    /// The table is built anew in its place.
    pub(super) const REBUILT: Means = Means { algorithm: Algorithm::Inplace, lock: Locking::None };
    /// The same while nobody writes.
    pub(super) const REBUILT_ALONE: Means =
        Means { algorithm: Algorithm::Inplace, lock: Locking::Shared };
    /// The table is copied, while nobody writes.
    pub(super) const COPIED: Means = Means { algorithm: Algorithm::Copy, lock: Locking::Shared };

    /// What both take together.
    pub(super) fn and(self, other: Means) -> Means {
        Means { algorithm: self.algorithm.max(other.algorithm), lock: self.lock.max(other.lock) }
    }

    /// Whether writers wait until something is done with every row.
    pub fn stops_writers(self) -> bool {
        self.lock > Locking::None
    }

    /// Whether every row is written anew while nobody else writes.
    pub fn rewrites_alone(self) -> bool {
        self.stops_writers() && self.algorithm >= Algorithm::Inplace
    }
}
