//! Which revisions follow which.

/// Which revisions follow which, by their places in the order in which they run. A parent always
/// stands before its children.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lineage {
    parents: Vec<Vec<usize>>,
    children: Vec<Vec<usize>>,
    /// For each place whether it was generated to bring others together.
    joins: Vec<bool>,
}

/// What a revision says of its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stated<'r> {
    /// What Diesel keeps in its table.
    pub version: &'r str,
    /// Versions that it follows; `None` when it follows whatever sorts before it.
    pub parents: Option<&'r [String]>,
    /// Whether a person wrote it.
    pub by_hand: bool,
}

impl Lineage {
    /// The lineage of revisions that are sorted by version and form one history: whoever is named
    /// as a parent and is not there is passed over.
    pub fn new(revisions: &[Stated<'_>]) -> Lineage {
        let parents: Vec<Vec<usize>> =
            (0..revisions.len()).map(|at| parents(revisions, at)).collect();
        let mut children = vec![Vec::new(); revisions.len()];
        for (child, parents) in parents.iter().enumerate() {
            for parent in parents {
                children[*parent].push(child);
            }
        }
        let joins = |it: &Stated<'_>| !it.by_hand && it.parents.is_some_and(|it| it.len() > 1);
        Lineage { parents, children, joins: revisions.iter().map(joins).collect() }
    }

    /// The places that one follows directly, in order.
    pub fn parents(&self, of: usize) -> &[usize] {
        &self.parents[of]
    }

    /// The places that follow one directly, in order.
    pub fn children(&self, of: usize) -> &[usize] {
        &self.children[of]
    }

    /// For each place whether nothing follows it.
    pub fn heads(&self) -> Vec<bool> {
        self.children.iter().map(Vec::is_empty).collect()
    }

    /// For each place whether it follows nothing.
    pub fn roots(&self) -> Vec<bool> {
        self.parents.iter().map(Vec::is_empty).collect()
    }

    /// For each place whether several follow it.
    pub fn forks(&self) -> Vec<bool> {
        self.children.iter().map(|children| children.len() > 1).collect()
    }

    /// For each place whether it is one of these or one of them follows it.
    pub fn ancestors(&self, of: impl IntoIterator<Item = usize>) -> Vec<bool> {
        let mut found = vec![false; self.parents.len()];
        of.into_iter().for_each(|at| found[at] = true);
        for at in (0..found.len()).rev() {
            if found[at] {
                self.parents[at].iter().for_each(|parent| found[*parent] = true);
            }
        }
        found
    }

    /// For each place whether it is this one or follows it.
    pub fn descendants(&self, of: usize) -> Vec<bool> {
        let mut found = vec![false; self.parents.len()];
        found[of] = true;
        for at in of + 1..found.len() {
            found[at] = self.parents[at].iter().any(|parent| found[*parent]);
        }
        found
    }

    /// Whether one of two follows the other, or they are the same.
    pub fn are_in_line(&self, a: usize, b: usize) -> bool {
        self.ancestors([a.max(b)])[a.min(b)]
    }

    /// Whether the order of two makes no difference: they do not follow each other, and one that
    /// was generated to bring others together, and tried with either first, follows both.
    pub fn are_joined(&self, a: usize, b: usize) -> bool {
        let (after_a, after_b) = (self.descendants(a), self.descendants(b));
        let mut places = 0..self.parents.len();
        !self.are_in_line(a, b) && places.any(|at| after_a[at] && after_b[at] && self.joins[at])
    }
}

/// The places of the revisions that one follows. A revision that says nothing of its place follows
/// whatever sorts before it; and whoever followed that one follows it from then on.
fn parents(revisions: &[Stated<'_>], at: usize) -> Vec<usize> {
    let Some(versions) = revisions[at].parents else {
        return at.checked_sub(1).into_iter().collect();
    };
    let place =
        |version: &String| revisions.binary_search_by(|it| it.version.cmp(version.as_str())).ok();
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
