use super::{History, Revision};

/// Which revisions follow which, by their places in the history. A parent always stands before
/// its children.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Graph {
    parents: Vec<Vec<usize>>,
    children: Vec<Vec<usize>>,
}

impl Graph {
    /// The graph of revisions that are sorted by version and form one history.
    pub(super) fn new(revisions: &[Revision]) -> Graph {
        let parents: Vec<Vec<usize>> =
            (0..revisions.len()).map(|at| parents(revisions, at)).collect();
        let mut children = vec![Vec::new(); revisions.len()];
        for (child, parents) in parents.iter().enumerate() {
            for parent in parents {
                children[*parent].push(child);
            }
        }
        Graph { parents, children }
    }

    /// These and everything that they follow.
    fn ancestors(&self, of: impl IntoIterator<Item = usize>) -> Vec<bool> {
        let mut found = vec![false; self.parents.len()];
        of.into_iter().for_each(|at| found[at] = true);
        for at in (0..found.len()).rev() {
            if found[at] {
                self.parents[at].iter().for_each(|parent| found[*parent] = true);
            }
        }
        found
    }

    /// This one and everything that follows it.
    fn descendants(&self, of: usize) -> Vec<bool> {
        let mut found = vec![false; self.parents.len()];
        found[of] = true;
        for at in of + 1..found.len() {
            found[at] = self.parents[at].iter().any(|parent| found[*parent]);
        }
        found
    }
}

/// The places of the revisions that one follows. A revision that says nothing of its place follows
/// whatever sorts before it; and whoever followed that one follows it from then on.
fn parents(revisions: &[Revision], at: usize) -> Vec<usize> {
    let Some(versions) = &revisions[at].parents else {
        return at.checked_sub(1).into_iter().collect();
    };
    let place = |version: &String| revisions.binary_search_by(|it| it.version.cmp(version)).ok();
    // One after the last of those without a place that stand directly from `from` on.
    let past = |from: usize| {
        let run = revisions[from..at].iter().take_while(|it| it.parents.is_none());
        from + run.count()
    };
    let mut places: Vec<usize> = match versions.is_empty() {
        true => past(0).checked_sub(1).into_iter().collect(),
        false => versions.iter().filter_map(place).map(|parent| past(parent + 1) - 1).collect(),
    };
    places.sort_unstable();
    places.dedup();
    places
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
        let parents = at.into_iter().flat_map(|at| &self.graph.parents[at]);
        parents.map(|at| self.revisions[*at].version.as_str()).collect()
    }

    /// The revisions that follow one directly, in order.
    pub fn children(&self, revision: &Revision) -> Vec<&Revision> {
        let at = self.at(revision);
        let children = at.into_iter().flat_map(|at| &self.graph.children[at]);
        children.map(|at| &self.revisions[*at]).collect()
    }

    /// The revisions that none follows, in order: one, unless work went on in parallel.
    pub fn heads(&self) -> Vec<&Revision> {
        self.all(self.graph.children.iter().map(Vec::is_empty).collect())
    }

    /// The heads of what has been recorded: what `head` in the snapshot says.
    pub fn recorded_heads(&self) -> Vec<&Revision> {
        let recorded = |at: &usize| self.revisions[*at].records.is_some();
        let places = (0..self.revisions.len()).filter(recorded);
        let followed = self.graph.ancestors(places.flat_map(|at| self.graph.parents[at].clone()));
        let heads = self.revisions.iter().zip(followed);
        heads.filter(|(it, followed)| it.records.is_some() && !followed).map(|(it, _)| it).collect()
    }

    /// These revisions and all that they follow, in order.
    pub fn ancestors(&self, of: &[&Revision]) -> Vec<&Revision> {
        self.all(self.graph.ancestors(of.iter().filter_map(|it| self.at(it))))
    }

    /// What each of these heads follows, itself with it, that the others do not all follow, in
    /// order: what was done in parallel.
    pub fn sides(&self, heads: &[&Revision]) -> Vec<Vec<&Revision>> {
        let lines: Vec<Vec<bool>> =
            heads.iter().map(|head| self.graph.ancestors(self.at(head))).collect();
        let is_common = |at: usize| lines.iter().all(|line| line[at]);
        let side = |line: &Vec<bool>| {
            let own = line.iter().enumerate().map(|(at, found)| *found && !is_common(at));
            self.all(own.collect())
        };
        lines.iter().map(side).collect()
    }

    /// A revision and all that follow it, in order.
    pub fn descendants(&self, of: &Revision) -> Vec<&Revision> {
        self.at(of).map(|at| self.all(self.graph.descendants(at))).unwrap_or_default()
    }

    /// Whether one of two revisions follows the other, or they are the same.
    pub fn are_in_line(&self, a: &Revision, b: &Revision) -> bool {
        let (first, last) = if a.version <= b.version { (a, b) } else { (b, a) };
        self.at(last)
            .zip(self.at(first))
            .is_some_and(|(last, first)| self.graph.ancestors([last])[first])
    }

    /// The revisions after which work went on in parallel, in order.
    pub fn branch_points(&self) -> Vec<&Revision> {
        self.all(self.graph.children.iter().map(|children| children.len() > 1).collect())
    }

    /// The revisions that nothing is followed by: more than one when histories that knew nothing
    /// of each other were put together.
    pub fn roots(&self) -> Vec<&Revision> {
        self.all(self.graph.parents.iter().map(Vec::is_empty).collect())
    }
}
