//! `ALTER TABLE`, in as few statements as the server takes: one, unless rows are filled between.

use diesel_autogen_schema::{Column, Delta, Dialect, Flavour, Live, Table, Text};

use super::fate::{Fate, fates};
use super::fill::{self, Way};
use super::online;
use super::op::Alteration;
use super::quote::{ident, list};
use super::rename;
use super::render;
use super::rules::Rules;
use super::weigh;
use crate::dialect::Target;

/// Which way is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Up,
    Down,
}

/// What is known beside the operation.
pub(crate) struct Context<'a> {
    pub(crate) target: &'a Target,
    pub(crate) live: &'a Live,
    pub(crate) direction: Direction,
    /// Tables that are made on this way, and have no rows.
    pub(crate) made: &'a [Text],
}

/// The statements of an alteration, under construction.
struct Draft<'a> {
    it: &'a Alteration,
    flavour: Flavour,
    /// Whether it takes two statements.
    split: bool,
    /// Whether columns are renamed by a statement of their own.
    apart: bool,
    renames: Vec<String>,
    first: Vec<String>,
    updates: Vec<String>,
    last: Vec<String>,
}

/// The statements.
pub(crate) fn statements(it: &Alteration, context: &Context<'_>) -> Vec<String> {
    let fates = fates(it, context);
    let flavour = context.target.flavour;
    let updates = fill::updates(it, &fates);
    // What a column is while it comes, it is no more at the end.
    let twice = fates.iter().any(|fate| matches!(fate, Fate::Comes(_, Way::Constant(_))));
    let split = twice || !updates.is_empty();
    let rules = Rules::of(it, &fates, context);
    // With an index over such a column MariaDB may lose its way, and stops altogether.
    let tangled =
        flavour == Flavour::Mariadb && rename::takes_over(&fates) && rules.brings_an_index();
    let drafted = |apart: bool| {
        let (updates, renames, first, last) = (updates.clone(), vec![], vec![], vec![]);
        let mut draft = Draft { it, flavour, split, apart, renames, first, updates, last };
        draft.keys();
        draft.rules_that_go(&rules);
        draft.columns(&fates, context.target);
        draft.rules_that_come(&rules);
        draft.last.extend(render::changed_options(&it.before, &it.after));
        draft.finish(context)
    };
    let mut statements = drafted(tangled);
    let copies = || is_computed(it) || weigh::rewrites(it, &statements, context);
    if !tangled && renames_tied(it) && copies() {
        statements = drafted(true);
    }
    if flavour == Flavour::Mariadb && rename::is_read(it, context.live) {
        statements
            .insert(0, format!("{REOPENED}\nALTER TABLE {} ENABLE KEYS", ident(&it.after.name)));
    }
    statements
}

/// MariaDB keeps tables open with the alias that a query had for them. It does not find a column in
/// an expression then, and either refuses to rename it, or leaves the expression to whatever gets
/// the name. After a change, even of nothing, it opens them anew.
const REOPENED: &str = "-- so that expressions follow the rename: the server opens the table anew";

/// Whether a column is renamed that a foreign key is about: the servers do no such thing while they
/// copy a table.
fn renames_tied(it: &Alteration) -> bool {
    it.renames().iter().any(|(from, _)| it.tied.0.iter().any(|name| name == from))
}

/// Whether columns come, go or change in a table that computes some: there the servers copy it for
/// much that they do in place elsewhere.
fn is_computed(it: &Alteration) -> bool {
    let computes = |table: &Table| table.columns.iter().any(|column| column.generated.is_some());
    let renamed = |delta: &Delta<Column>| match delta {
        Delta::Changed { before, after } => {
            let before = Column { name: after.name.clone(), ..rename::column(it, before) };
            before.same_facts(after)
        }
        Delta::Added(_) | Delta::Removed(_) => false,
    };
    (computes(&it.before) || computes(&it.after)) && !it.columns.iter().all(renamed)
}

/// The clauses of one statement, and what is asked of it: on the way up, of tables that have rows.
/// Who goes back must get back.
pub(crate) fn statement(table: &Text, mut clauses: Vec<String>, context: &Context<'_>) -> String {
    if context.direction == Direction::Up && !context.made.contains(table) {
        clauses.extend(online::clauses(context.target));
    }
    let table = ident(table);
    match &clauses[..] {
        [only] => format!("ALTER TABLE {table} {only}"),
        several => format!("ALTER TABLE {table}\n    {}", several.join(",\n    ")),
    }
}

impl Draft<'_> {
    fn keys(&mut self) {
        for key in &self.it.gone {
            self.first.push(format!("DROP FOREIGN KEY {}", ident(&key.name)));
        }
    }

    fn rules_that_go(&mut self, rules: &Rules) {
        let drop = match self.flavour {
            Flavour::Mysql => "DROP CHECK",
            Flavour::Mariadb => "DROP CONSTRAINT",
        };
        self.first.extend(rules.checks.0.iter().map(|it| format!("{drop} {}", ident(&it.name))));
        let renamed = |name: &Text| rules.renamed.iter().any(|(from, _)| from == name);
        for (name, column) in rules.indexes_that_go().filter(|(name, _)| !renamed(name)) {
            // Where a foreign key is about its first column, another index comes in its place.
            let needed = column.is_some_and(|column| self.it.tied.1.contains(column));
            let clauses = if needed && self.split { &mut self.last } else { &mut self.first };
            clauses.push(format!("DROP INDEX {}", ident(name)));
        }
        for (support, needed) in &rules.supports.0 {
            let clause = format!("DROP INDEX {}", ident(&support.name));
            match renamed(&support.name) {
                true => {}
                false if *needed => self.last.push(clause),
                false => self.first.push(clause),
            }
        }
        for (support, _) in rules.supports.1.iter().filter(|(_, needed)| *needed) {
            self.first.push(format!("ADD {}", render::support(support)));
        }
        if rules.key.0 {
            self.last.push("DROP PRIMARY KEY".to_owned());
        }
    }

    fn rules_that_come(&mut self, rules: &Rules) {
        if rules.key.1 {
            self.last.push(format!("ADD PRIMARY KEY {}", list(&self.it.after.primary_key)));
        }
        for (from, to) in &rules.renamed {
            self.last.push(format!("RENAME INDEX {} TO {}", ident(from), ident(to)));
        }
        let renamed = |name: &Text| rules.renamed.iter().any(|(_, to)| to == name);
        let add = |sql: String| format!("ADD {sql}");
        let uniques = rules.uniques.1.iter().filter(|it| !renamed(&it.name));
        self.last.extend(uniques.map(|it| add(render::unique(it))));
        let indexes = rules.indexes.1.iter().filter(|it| !renamed(&it.name));
        self.last.extend(indexes.map(|it| add(render::index(it))));
        let supports = rules.supports.1.iter().filter(|(it, needed)| !needed && !renamed(&it.name));
        self.last.extend(supports.map(|(it, _)| add(render::support(it))));
        self.last.extend(rules.checks.1.iter().map(|it| add(render::check(it))));
        self.last.extend(self.it.came.iter().map(|it| add(render::foreign_key(it))));
    }

    fn columns(&mut self, fates: &[Fate<'_>], target: &Target) {
        let Alteration { before, after, .. } = self.it;
        let flavour = self.flavour;
        let whole = |column: &Column| render::whole(after, column, flavour);
        let taken = |name: &Text| after.columns.iter().any(|it| fill::is_same(&it.name, name));
        let wanted = |column: &Column| fill::there(self.it, column) != column.name;
        // What is computed from a column cannot stay longer.
        let some_early = fates.iter().any(|fate| match fate {
            Fate::Goes(column) => taken(&column.name),
            Fate::Anew { before, carried: None, .. } => wanted(before),
            Fate::Anew { .. } | Fate::Comes(..) | Fate::Stays { .. } => false,
        });
        // There, nothing is renamed while something is computed from it.
        let computed_early = some_early || flavour == Flavour::Mysql;
        for fate in fates {
            match fate {
                Fate::Goes(column) => {
                    let clause = format!("DROP COLUMN {}", ident(&column.name));
                    // Its name may be wanted at once.
                    let early = taken(&column.name) || some_early && column.generated.is_some();
                    if early { &mut self.first } else { &mut self.last }.push(clause);
                }
                Fate::Comes(column, way) => self.comes(column, way, &whole),
                Fate::Anew { before, after, carried: None } => {
                    let early = wanted(before) || computed_early && before.generated.is_some();
                    let clause = format!("DROP COLUMN {}", ident(&before.name));
                    if early { &mut self.first } else { &mut self.last }.push(clause);
                    self.last.push(format!("ADD COLUMN {} {}", ident(&after.name), whole(after)));
                }
                Fate::Anew { before, after, carried: Some(_) } => {
                    let aside = ident(&fill::aside(self.it, after));
                    let empty = whole(&nullable(after));
                    let there = ident(&fill::there(self.it, before));
                    if wanted(before) {
                        let old = render::whole(&self.it.before, before, flavour);
                        self.first.push(rename::clause(&ident(&before.name), &there, &old, target));
                    }
                    self.first.push(format!("ADD COLUMN {aside} {empty}"));
                    self.last.push(format!("DROP COLUMN {there}"));
                    let name = ident(&after.name);
                    self.last.push(format!("CHANGE COLUMN {aside} {name} {}", whole(after)));
                }
                Fate::Stays { before: was, after: is } => {
                    let old = render::whole(before, &rename::column(self.it, was), flavour);
                    self.stays(was, is, (old, whole(is)), &whole(&nullable(is)), target);
                }
            }
        }
    }

    /// A column that is changed where it stands, from one definition to the other; `open` is the
    /// new one while rows still hold NULL.
    fn stays(
        &mut self,
        was: &Column,
        is: &Column,
        (old, new): (String, String),
        open: &str,
        target: &Target,
    ) {
        let (name, to) = (ident(&was.name), ident(&is.name));
        let modify = |whole: &str| format!("MODIFY COLUMN {to} {whole}");
        // What rows are filled with is a value of the new type.
        if fill::is_filled(was, is) && !was.sql_type.same_facts(&is.sql_type) {
            self.first.push(match was.name == is.name {
                true => modify(open),
                false => format!("CHANGE COLUMN {name} {to} {open}"),
            });
            self.last.push(modify(&new));
            return;
        }
        match (was.name == is.name, old == new) {
            (true, true) => {}
            (true, false) => self.last.push(modify(&new)),
            (false, false) if !self.split && !self.apart => {
                self.last.push(format!("CHANGE COLUMN {name} {to} {new}"));
            }
            (false, changed) => {
                let clause = rename::clause(&name, &to, &old, target);
                if self.apart { &mut self.renames } else { &mut self.first }.push(clause);
                if !changed {
                    self.last.push(modify(&new));
                }
            }
        }
    }

    fn comes(&mut self, column: &Column, way: &Way, whole: &impl Fn(&Column) -> String) {
        let name = ident(&column.name);
        let clause = |column: &Column| format!("ADD COLUMN {name} {}", whole(column));
        match way {
            // It counts only once it is a key, and nothing is computed from what still counts.
            Way::Itself if column.identity.is_some() || self.reads_a_number(column) => {
                self.last.push(clause(column));
            }
            Way::Itself => self.first.push(clause(column)),
            Way::From(_) => {
                self.first.push(clause(&nullable(column)));
                if !column.nullable || column.default.is_some() {
                    self.last.push(format!("MODIFY COLUMN {name} {}", whole(column)));
                }
            }
            Way::Constant(value) => {
                let default = Some(value.clone().into());
                self.first.push(clause(&Column { default, ..column.clone() }));
                self.last.push(format!("MODIFY COLUMN {name} {}", whole(column)));
            }
        }
    }

    /// Whether the column is computed from one that was numbered.
    fn reads_a_number(&self, column: &Column) -> bool {
        let Some(generated) = &column.generated else { return false };
        self.it.columns.iter().any(|delta| match delta {
            Delta::Changed { before, after } => {
                before.identity.is_some() && generated.expr.mentions(&after.name, Dialect::Mysql)
            }
            Delta::Added(_) | Delta::Removed(_) => false,
        })
    }

    fn finish(self, context: &Context<'_>) -> Vec<String> {
        let Draft { it, flavour: _, split, apart: _, renames, mut first, updates, last } = self;
        let alter = |clauses: Vec<String>| {
            let some = !clauses.is_empty();
            some.then(|| statement(&it.after.name, clauses, context))
        };
        if !split {
            first.extend(last);
            return alter(renames).into_iter().chain(alter(first)).collect();
        }
        alter(renames).into_iter().chain(alter(first)).chain(updates).chain(alter(last)).collect()
    }
}

/// The column while it has no values yet.
fn nullable(column: &Column) -> Column {
    Column { nullable: true, default: None, identity: None, ..column.clone() }
}
