//! Which row became which, where values alone do not tell.

/// The most comparisons of two rows that are worth the time.
const MOST: usize = 4_000_000;

/// Pairs as many rows before with as many after so that each pair fits. A row that fits many must
/// not take the only one that another fits, so pairs that were made give way. Gives a row before
/// that is left and a row after that is, when it cannot be done.
pub(super) fn unmatched(
    count: usize,
    fits: &mut dyn FnMut(usize, usize) -> bool,
) -> Option<(usize, usize)> {
    if count.saturating_mul(count) > MOST {
        return (0..count).find(|at| !fits(*at, *at)).map(|at| (at, at));
    }
    let mut matching =
        Matching { fits, known: vec![None; count * count], taken: vec![None; count] };
    for row in 0..count {
        if !matching.place(row, &mut vec![false; count]) {
            return matching.taken.iter().position(Option::is_none).map(|free| (row, free));
        }
    }
    None
}

struct Matching<'a> {
    fits: &'a mut dyn FnMut(usize, usize) -> bool,
    /// What was asked before: comparing may ask a database.
    known: Vec<Option<bool>>,
    /// By row after, the row before that became it.
    taken: Vec<Option<usize>>,
}

impl Matching<'_> {
    /// Finds a place for a row, if need be by finding another for those that hold one. `seen` are
    /// places that are being given up already.
    fn place(&mut self, row: usize, seen: &mut [bool]) -> bool {
        let count = self.taken.len();
        // Both sides are sorted, so its own place is the likeliest.
        for at in (row..count).chain(0..row) {
            if self.taken[at].is_none() && self.fits(row, at) {
                self.taken[at] = Some(row);
                return true;
            }
        }
        for at in 0..count {
            let Some(other) = self.taken[at].filter(|_| !seen[at]) else { continue };
            if self.fits(row, at) {
                seen[at] = true;
                if self.place(other, seen) {
                    self.taken[at] = Some(row);
                    return true;
                }
            }
        }
        false
    }

    fn fits(&mut self, row: usize, at: usize) -> bool {
        let known = row * self.taken.len() + at;
        let fits = self.known[known].unwrap_or_else(|| (self.fits)(row, at));
        self.known[known] = Some(fits);
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::unmatched;

    #[test]
    fn a_row_that_fits_many_gives_way() {
        let mut fits =
            |row: usize, at: usize| row == 0 || row == 1 && at < 2 || row == 2 && at == 0;
        assert_eq!(unmatched(3, &mut fits), None);
    }

    #[test]
    fn two_rows_do_not_become_one() {
        let mut fits = |row: usize, at: usize| row == 0 || at == 1;
        assert_eq!(unmatched(3, &mut fits), Some((2, 2)));
    }
}
