use diesel_autogen_schema::lineage::{Lineage, Stated};

use super::{History, Revision};

/// Which of these revisions, sorted by version, follow which.
pub(super) fn lineage(revisions: &[Revision]) -> Lineage {
    Lineage::new(&revisions.iter().map(stated).collect::<Vec<_>>())
}

fn stated(revision: &Revision) -> Stated<'_> {
    Stated {
        version: &revision.version,
        parents: revision.parents.as_deref(),
        by_hand: revision.by_hand,
    }
}

impl History {
    fn at(&self, revision: &Revision) -> Option<usize> {
        self.position(&revision.version)
    }

    fn all(&self, found: Vec<bool>) -> Vec<&Revision> {
        let pairs = self.revisions.iter().zip(found);
        pairs.filter(|(_, found)| *found).map(|(revision, _)| revision).collect()
    }

    /// Versions that a revision follows. One that was written by hand follows whatever sorts
    /// before it, and stands between that and what was generated after it.
    pub fn parents(&self, revision: &Revision) -> Vec<&str> {
        let at = self.at(revision);
        let parents = at.into_iter().flat_map(|at| self.lineage.parents(at));
        parents.map(|at| self.revisions[*at].version.as_str()).collect()
    }

    /// The revisions that follow one directly, in order.
    pub fn children(&self, revision: &Revision) -> Vec<&Revision> {
        let at = self.at(revision);
        let children = at.into_iter().flat_map(|at| self.lineage.children(at));
        children.map(|at| &self.revisions[*at]).collect()
    }

    /// The revisions that none follows, in order: one, unless work went on in parallel.
    pub fn heads(&self) -> Vec<&Revision> {
        self.all(self.lineage.heads())
    }

    /// The heads of what has been recorded: what `head` in the snapshot says.
    pub fn recorded_heads(&self) -> Vec<&Revision> {
        let recorded = |at: &usize| self.revisions[*at].records.is_some();
        let places = (0..self.revisions.len()).filter(recorded);
        let followed =
            self.lineage.ancestors(places.flat_map(|at| self.lineage.parents(at).to_vec()));
        let heads = self.revisions.iter().zip(followed);
        heads.filter(|(it, followed)| it.records.is_some() && !followed).map(|(it, _)| it).collect()
    }

    /// These revisions and all that they follow, in order.
    pub fn ancestors(&self, of: &[&Revision]) -> Vec<&Revision> {
        self.all(self.lineage.ancestors(of.iter().filter_map(|it| self.at(it))))
    }

    /// What each of these heads follows, itself with it, that the others do not all follow, in
    /// order: what was done in parallel.
    pub fn sides(&self, heads: &[&Revision]) -> Vec<Vec<&Revision>> {
        let lines: Vec<Vec<bool>> =
            heads.iter().map(|head| self.lineage.ancestors(self.at(head))).collect();
        let is_common = |at: usize| lines.iter().all(|line| line[at]);
        let side = |line: &Vec<bool>| {
            let own = line.iter().enumerate().map(|(at, found)| *found && !is_common(at));
            self.all(own.collect())
        };
        lines.iter().map(side).collect()
    }

    /// A revision and all that follow it, in order.
    pub fn descendants(&self, of: &Revision) -> Vec<&Revision> {
        self.at(of).map(|at| self.all(self.lineage.descendants(at))).unwrap_or_default()
    }

    /// Whether one of two revisions follows the other, or they are the same.
    pub fn are_in_line(&self, a: &Revision, b: &Revision) -> bool {
        self.at(a).zip(self.at(b)).is_some_and(|(a, b)| self.lineage.are_in_line(a, b))
    }

    /// The revisions after which work went on in parallel, in order.
    pub fn branch_points(&self) -> Vec<&Revision> {
        self.all(self.lineage.forks())
    }

    /// The revisions that nothing is followed by: more than one when histories that knew nothing
    /// of each other were put together.
    pub fn roots(&self) -> Vec<&Revision> {
        self.all(self.lineage.roots())
    }
}
