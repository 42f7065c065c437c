//! Names that change, some of them several times: swaps go over a third name.

use super::*;

/// A thing and the names that it has before and after a script.
pub(super) struct Moved {
    /// The table of a column; empty for a table.
    pub(super) of: String,
    pub(super) from: String,
    pub(super) to: String,
    /// Which statement took the first name away.
    pub(super) first: usize,
    /// Which statement gave the last name.
    pub(super) last: usize,
}

/// The names that a script gives.
#[derive(Default)]
pub(super) struct Moves(Vec<Moved>);

impl Moves {
    pub(super) fn step(&mut self, of: &str, from: &str, to: &str, at: usize) {
        let known = self.0.iter_mut().find(|it| it.of == of && it.to == from);
        match known {
            Some(it) => (it.to, it.last) = (to.to_owned(), at),
            None => {
                let [of, from, to] = [of, from, to].map(str::to_owned);
                self.0.push(Moved { of, from, to, first: at, last: at });
            }
        }
    }

    /// The table of columns gets another name.
    pub(super) fn inside(&mut self, from: &str, to: &str) {
        self.0.iter_mut().filter(|it| it.of == from).for_each(|it| it.of = to.to_owned());
    }

    /// What has another name afterwards.
    pub(super) fn all(self, engine: Dialect) -> impl Iterator<Item = Moved> {
        let differs = move |it: &Moved| folded(engine, &it.from) != folded(engine, &it.to);
        self.0.into_iter().filter(differs)
    }
}

/// Whether the script makes the table before this statement.
pub(super) fn is_made(whole: &Whole<'_>, table: &str, at: usize) -> bool {
    let engine = whole.subject.engine();
    let is = |name: &str| folded(engine, name) == folded(engine, table);
    whole.statements[..at]
        .iter()
        .any(|it| matches!(&it.action, Action::CreateTable(it) if is(&it.name)))
}
