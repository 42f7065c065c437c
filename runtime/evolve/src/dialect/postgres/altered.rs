//! One altered table: which columns come, go and change, and which rules stay, go and come.

use std::collections::BTreeSet;

use diesel_autogen_schema::{
    Column, Delta, Dialect, Edit, Extra, Extras, Order, OwnPlace, Place, Table, TableChange, Text,
};

use super::kinds::Kinds;
use super::relabel;
use super::rule::{Rule, is_presence, rules};
use super::types::{base, spelled};
use crate::dialect::names::{Names, gone};

/// A table that stays and is altered.
pub(crate) struct Altered<'c> {
    pub(crate) before: &'c Table,
    pub(crate) after: &'c Table,
    /// The table before, under the names after, those of labels included.
    pub(crate) mapped: Table,
    /// Columns that change, under the names after; those that go keep their name.
    pub(crate) columns: Vec<Delta<Column>>,
    /// Columns, as they are called after, that the rules about them cannot outlive.
    pub(crate) disturbed: BTreeSet<String>,
    /// Columns, as they are called after, that are computed from an enum whose labels change, or
    /// from a column that makes room for another: they are not there meanwhile.
    pub(crate) waiting: BTreeSet<String>,
    /// Columns, as they are called after, that are computed from an enum whose labels change, and
    /// go and come with the type, where that is made anew.
    pub(crate) carried: BTreeSet<String>,
    /// Columns, as they are called after, that are computed no more, and from one that makes room
    /// for another or whose labels change: that ends before anything is renamed.
    pub(crate) ending: BTreeSet<String>,
    /// Columns that get another type or collation, however little another.
    pub(crate) touched: BTreeSet<String>,
    /// Columns whose values rules compare otherwise from now on.
    pub(crate) retyped: BTreeSet<String>,
    /// Rules that go, under the names before.
    pub(crate) gone: Vec<Rule>,
    /// Rules that come.
    pub(crate) came: Vec<Rule>,
    /// Names of those among them that only make way for a while.
    pub(crate) moved: Vec<Text>,
    /// Rules that stay, before and after.
    pub(crate) kept: Vec<(Rule, Rule)>,
    /// Unique indexes that become rules, and the other way round.
    pub(crate) turned: Vec<Turned>,
}

/// A unique index and a rule that it can become where it stands, or the other way round.
pub(crate) struct Turned {
    pub(crate) before: Rule,
    /// The same, its columns under their names after.
    pub(crate) mapped: Rule,
    pub(crate) after: Rule,
}

/// Whether one is an index that the other, a rule, can be made of.
fn turns(before: &Rule, after: &Rule) -> bool {
    let ((Rule::Index(index), rule) | (rule, Rule::Index(index))) = (before, after) else {
        return false;
    };
    let (columns, extras) = match rule {
        Rule::Unique(it) => (&it.columns, &it.extras),
        Rule::PrimaryKey { name: _, columns } => (columns, &Extras::NONE),
        Rule::Check(_) | Rule::Exclusion(_) | Rule::Index(_) | Rule::ForeignKey(_) => return false,
    };
    let is_plain = |extra: &&Extra| !matches!(extra, Extra::Include(_) | Extra::With(..));
    let keys = index.keys.iter().map(|key| key.expr.as_str());
    let bare = index
        .keys
        .iter()
        .all(|key| key.is_column && key.order == Order::Asc && key.extras.is_empty());
    let kept: Vec<&Extra> = extras.iter().filter(|it| !matches!(it, Extra::Comment(_))).collect();
    index.unique
        && index.predicate.is_none()
        && bare
        && keys.eq(columns.iter().map(AsRef::as_ref))
        && kept == index.extras.iter().collect::<Vec<_>>()
        && !index.extras.iter().any(|it| is_plain(&it))
}

impl<'c> Altered<'c> {
    pub(crate) fn of(change: &'c TableChange, names: &Names, kinds: &Kinds) -> Altered<'c> {
        let TableChange { before, after, edits } = change;
        let mapped = relabel::table(names.mapped(before), &kinds.changed);
        let renames = change.column_renames();
        let columns: Vec<Delta<Column>> = edits
            .iter()
            .filter_map(|edit| if let Edit::Column(delta) = edit { Some(delta) } else { None })
            .map(|delta| under_new_names(delta, &mapped, after, &renames, names))
            .collect();
        let mut altered = Altered {
            before,
            after,
            mapped,
            columns,
            disturbed: BTreeSet::new(),
            waiting: BTreeSet::new(),
            carried: BTreeSet::new(),
            ending: BTreeSet::new(),
            touched: BTreeSet::new(),
            retyped: BTreeSet::new(),
            gone: Vec::new(),
            came: Vec::new(),
            moved: Vec::new(),
            kept: Vec::new(),
            turned: Vec::new(),
        };
        altered.look_at_columns();
        altered
    }

    fn look_at_columns(&mut self) {
        self.follow_swaps();
        let mut touched = BTreeSet::new();
        for delta in &self.columns {
            let Delta::Changed { before, after } = delta else { continue };
            let name = after.name.to_string();
            if is_made_anew(before, after)
                || before.generated.is_some() != after.generated.is_some()
            {
                self.disturbed.insert(name);
                continue;
            }
            if base(&before.sql_type) != base(&after.sql_type) {
                self.retyped.insert(name.clone());
            }
            if spelled(&before.sql_type) != spelled(&after.sql_type)
                || before.collation != after.collation
            {
                touched.insert(name);
            }
        }
        self.touched.clone_from(&touched);
        // PostgreSQL does not let a column change while another is computed from it.
        let computed: Vec<Column> = self
            .after
            .columns
            .iter()
            .filter(|it| {
                let from = it.generated.as_ref().map(|it| &it.expr);
                from.is_some_and(|from| {
                    touched.iter().any(|name| from.mentions(name, Dialect::Postgres))
                })
            })
            .cloned()
            .collect();
        for after in computed {
            let known = self.columns.iter().any(|it| it.after() == Some(&after));
            let before = self.mapped.column(&after.name).cloned();
            let Some(before) = before.filter(|it| it.generated.is_some()) else { continue };
            self.disturbed.insert(after.name.to_string());
            if !known {
                self.columns.push(Delta::Changed { before, after });
            }
        }
    }

    /// A computed column that reads the same as before means others where names change places. The
    /// database follows the columns and not their names, so it has to be told.
    fn follow_swaps(&mut self) {
        for after in self.after.columns.iter().filter(|it| it.generated.is_some()) {
            let known = self.columns.iter().any(|it| it.after() == Some(after));
            let before = self.mapped.column(&after.name).filter(|it| it.generated.is_some());
            if let Some(before) = before.filter(|it| !known && it.generated != after.generated) {
                let (before, after) = (before.clone(), after.clone());
                self.columns.push(Delta::Changed { before, after });
            }
        }
    }

    /// Takes computed columns out of the way of columns that go early. Those that go late are
    /// still there under their own names.
    pub(crate) fn release(&mut self, early: &[Column], names: &Names, kinds: &Kinds) {
        let there = relabel::table(names.while_there(self.before), &kinds.changed);
        for delta in &mut self.columns {
            let Delta::Changed { before, after } = delta else { continue };
            let Some(generated) = &before.generated else { continue };
            let rests =
                early.iter().any(|it| generated.expr.mentions(&gone(&it.name), Dialect::Postgres));
            if !rests && !self.ending.contains(&*after.name) {
                let own = there.column(&before.name).and_then(|it| it.generated.clone());
                before.generated = own.or(before.generated.take());
                continue;
            }
            if after.generated.is_some() {
                self.waiting.insert(after.name.to_string());
            } else {
                self.ending.insert(after.name.to_string());
                before.generated = None;
            }
        }
    }

    /// Whether a computed column that stays as it is can go and come with the type that it is
    /// computed from: nothing can refer to it.
    pub(crate) fn carries(&self, before: &Column, after: &Column) -> bool {
        let name = &*after.name;
        let is_key = |rule: &Rule| rule.key().is_some_and(|key| key.contains(&name));
        Column { comment: after.comment.clone(), ..before.clone() }.same_facts(after)
            && !self.disturbed.contains(name)
            && !rules(&self.mapped).iter().any(is_key)
    }

    /// Tells rules that stay from those that go and come; foreign keys are left out.
    pub(crate) fn look_at_rules(&mut self) {
        let mapped = rules(&self.mapped).into_iter();
        let old: Vec<(Rule, Rule)> = rules(self.before).into_iter().zip(mapped).collect();
        let (mut old, keys): (Vec<_>, Vec<_>) =
            old.into_iter().partition(|(it, _)| it.foreign_key().is_none());
        let (new, new_keys): (Vec<_>, Vec<_>) =
            rules(self.after).into_iter().partition(|it| it.foreign_key().is_none());
        self.pair(&mut old, new);
        let mut keys = keys;
        self.pair(&mut keys, new_keys);
    }

    fn pair(&mut self, old: &mut Vec<(Rule, Rule)>, new: Vec<Rule>) {
        let same = |old: &(Rule, Rule), new: &Rule| old.1.substance() == new.substance();
        let mut waiting = Vec::new();
        for rule in new {
            let own = old.iter().position(|it| it.0.name() == rule.name() && same(it, &rule));
            match own {
                Some(at) => self.settle(old.remove(at).0, rule),
                None => waiting.push(rule),
            }
        }
        for rule in waiting {
            match old.iter().position(|it| same(it, &rule)) {
                Some(at) => self.settle(old.remove(at).0, rule),
                None => self.came.push(rule),
            }
        }
        for (before, mapped) in old.drain(..) {
            let own = self.came.iter().position(|after| {
                turns(&mapped, after) && !self.disturbed.iter().any(|name| after.concerns(name))
            });
            match own {
                Some(at) => {
                    self.turned.push(Turned { after: self.came.remove(at), before, mapped })
                }
                None => self.gone.push(before),
            }
        }
    }

    fn settle(&mut self, before: Rule, after: Rule) {
        let outlives = !self.disturbed.iter().any(|name| after.concerns(name))
            && !self.retyped.iter().any(|name| after.says(name))
            && !self.forgets(&after);
        if outlives {
            self.kept.push((before, after));
        } else {
            self.moved.push(after.name().clone());
            self.gone.push(before);
            self.came.push(after);
        }
    }

    /// Whether the server, when it makes a rule anew for a column that is compared otherwise from
    /// now on or was so until now, takes a collation that the rule says for that of the column.
    fn forgets(&self, rule: &Rule) -> bool {
        rule.sorted().into_iter().any(|key| {
            let said = key.extras.collation();
            said.is_some()
                && self.touched.iter().any(|name| {
                    let sorted = |table: &Table| table.column(name)?.collation.clone();
                    let (was, is) = (sorted(&self.mapped), sorted(self.after));
                    key.mentions(name, Dialect::Postgres)
                        && was != is
                        && [was.as_ref(), is.as_ref()].contains(&said)
                })
        })
    }

    /// Takes what stays, and `moves` says cannot, down and up again.
    pub(crate) fn move_rules(&mut self, moves: impl Fn(&Rule) -> bool) {
        let (moving, kept): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.kept).into_iter().partition(|(_, after)| moves(after));
        self.kept = kept;
        for (before, after) in moving {
            self.moved.push(after.name().clone());
            self.gone.push(before);
            self.came.push(after);
        }
    }

    /// Gives up on those of which another relation has the name meanwhile.
    pub(crate) fn keep_turned(&mut self, is_wanted: impl Fn(&str) -> bool) {
        for Turned { before, mapped, after } in std::mem::take(&mut self.turned) {
            if before.name() != after.name() && is_wanted(before.name()) {
                self.gone.push(before);
                self.came.push(after);
            } else {
                self.turned.push(Turned { before, mapped, after });
            }
        }
    }

    /// Whether a foreign key can hold on to these columns, as they are called after, all along.
    pub(crate) fn holds(&self, references: &[Text]) -> bool {
        let still = |name: &Text| {
            self.mapped.column(name).is_some()
                && !self.disturbed.contains(&**name)
                && !self.retyped.contains(&**name)
        };
        // Which of several keys it rests on, PostgreSQL chose when it was made.
        references.iter().all(still)
            && self.kept.iter().any(|(_, rule)| refers_to(rule, references))
            // The server makes a rule anew that carries a column whose type changes, and does not
            // see to keys that rest on it.
            && !self.kept.iter().any(|(_, rule)| {
                refers_to(rule, references) && self.touched.iter().any(|name| rule.carries(name))
            })
            && !self.came.iter().any(|rule| refers_to(rule, references))
            && !rules(&self.mapped).iter().any(|old| {
                refers_to(old, references)
                    && !self.kept.iter().any(|(_, kept)| kept.substance() == old.substance())
            })
    }

    /// What a column is called before, by its name after.
    pub(crate) fn name_before(&self, name: &str) -> Text {
        let pairs = self.before.columns.iter().zip(&self.mapped.columns[..]);
        let mut found = pairs.filter(|(_, mapped)| mapped.name == name);
        found.next().map_or_else(|| name.to_owned().into(), |(before, _)| before.name.clone())
    }

    /// Whether a rule that goes says of a column that it holds a value, which becomes required now:
    /// then it goes last, so that the server need not look at the rows.
    pub(crate) fn proves(&self, rule: &Rule) -> bool {
        let Rule::Check(check) = rule else { return false };
        self.columns.iter().any(|delta| {
            let Delta::Changed { before, after } = delta else { return false };
            before.nullable && !after.nullable && is_presence(check, &after.name)
        })
    }

    pub(crate) fn at(&self) -> OwnPlace {
        self.after.place().into()
    }

    pub(crate) fn was_at(&self) -> Place<'_> {
        self.before.place()
    }
}

/// Whether a foreign key to these columns rests on the rule.
pub(crate) fn refers_to(rule: &Rule, references: &[Text]) -> bool {
    let mut wanted: Vec<&str> = references.iter().map(|it| it.as_ref()).collect();
    wanted.sort_unstable();
    rule.key().is_some_and(|mut key| {
        key.sort_unstable();
        key == wanted
    })
}

/// Whether a computed column has to go and come again.
pub(crate) fn is_made_anew(before: &Column, after: &Column) -> bool {
    match (&before.generated, &after.generated) {
        (Some(from), Some(to)) => {
            from != to
                || spelled(&before.sql_type) != spelled(&after.sql_type)
                || before.collation != after.collation
        }
        (None, Some(_)) => true,
        (Some(_) | None, None) => false,
    }
}

fn under_new_names(
    delta: &Delta<Column>,
    mapped: &Table,
    table: &Table,
    renames: &[(&str, &str)],
    names: &Names,
) -> Delta<Column> {
    let old: Vec<(&str, &str)> =
        renames.iter().filter(|(from, _)| table.column(from).is_none()).copied().collect();
    let hinted = |column: &Column| {
        let mut column = column.clone();
        column.using = column.using.take().map(|it| it.renamed(&old, Dialect::Postgres));
        column.backfill = column.backfill.take().map(|it| it.renamed(&old, Dialect::Postgres));
        column
    };
    match delta {
        Delta::Added(after) => Delta::Added(hinted(after)),
        Delta::Removed(before) => {
            let mut column = before.clone();
            column.sql_type = names.mapped_type(&column.sql_type);
            Delta::Removed(column)
        }
        Delta::Changed { before, after } => {
            let before = mapped.column(&after.name).unwrap_or(before).clone();
            Delta::Changed { before, after: hinted(after) }
        }
    }
}
