use super::{History, Revision};

/// A revision that is not applied although one that runs later is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late<'h> {
    /// The revision.
    pub revision: &'h Revision,
    /// The newest applied revision that should have run after it.
    pub after: &'h Revision,
    /// Whether the order is known to make no difference: a revision that merges the two has been
    /// proved with either of them first.
    pub is_merged: bool,
}

impl History {
    /// The pending revisions that run later than they should in a database with the `applied`
    /// versions, in order. Diesel runs them and says nothing.
    pub fn late(&self, applied: &[String]) -> Vec<Late<'_>> {
        let is_applied = |it: &&Revision| applied.contains(&it.version);
        let Some(newest) = self.revisions().iter().rfind(is_applied) else { return Vec::new() };
        let late =
            self.revisions().iter().filter(|it| !is_applied(it) && it.version < newest.version);
        late.map(|revision| {
            let newer = self.revisions().iter().filter(is_applied);
            let mut newer = newer.filter(|it| it.version > revision.version);
            let is_merged = newer.all(|it| self.are_merged(revision, it));
            Late { revision, after: newest, is_merged }
        })
        .collect()
    }

    /// The revisions that nothing applied follows, of those that are applied: where a database is.
    pub fn reached(&self, applied: &[String]) -> Vec<&Revision> {
        let is_applied = |it: &Revision| applied.contains(&it.version);
        let revisions = self.revisions().iter().filter(|it| is_applied(it));
        let ends = revisions.filter(|it| {
            self.descendants(it)
                .iter()
                .all(|after| after.version == it.version || !is_applied(after))
        });
        ends.collect()
    }

    /// Whether a generated revision brings together two that do not follow each other.
    fn are_merged(&self, a: &Revision, b: &Revision) -> bool {
        let places = self.position(&a.version).zip(self.position(&b.version));
        places.is_some_and(|(a, b)| self.lineage.are_joined(a, b))
    }
}
