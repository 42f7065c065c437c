//! The names under which tables are altered: those from before.
//!
//! Renames are the last thing that happens to tables on the way up, and the first on the way
//! down. So everything else happens under the names that the text of views and triggers uses, and
//! they can be put back as they are; SQLite's own renames then follow into them.

use std::collections::BTreeMap;

use diesel_autogen_schema::{
    Change, Column, Dialect, Edit, Expr, Index, List, Table, TableChange, Text,
};

use super::shape::Shape;

/// From names after to the names in use until the renames.
#[derive(Debug, Default)]
pub(crate) struct Middle {
    tables: BTreeMap<String, String>,
    columns: BTreeMap<String, Vec<(String, String)>>,
}

impl Middle {
    pub(crate) fn of(changes: &[Change], taken: &[String]) -> Middle {
        let mut middle = Middle::default();
        let old: Vec<&str> = changes.iter().filter_map(given_up).collect();
        for change in changes {
            if let Some(change) = change.altered() {
                middle.alter(change);
            }
            let new = change.created();
            let taken_over =
                |table: &&Table| old.iter().any(|old| old.eq_ignore_ascii_case(&table.name));
            if let Some(table) = new.filter(taken_over) {
                let aside = free(&format!("autogen_{}", table.name), taken);
                middle.tables.insert(table.name.to_string(), aside);
            }
        }
        middle
    }

    fn alter(&mut self, change: &TableChange) {
        let TableChange { before, after, edits: _ } = change;
        if before.name != after.name {
            self.tables.insert(after.name.to_string(), before.name.to_string());
        }
        let mut pairs = Vec::new();
        let olds: Vec<String> = before.columns.iter().map(|it| it.name.to_string()).collect();
        let news = after.columns.iter().map(|it| it.name.to_string());
        let taken: Vec<String> = olds.iter().cloned().chain(news).collect();
        for column in &after.columns[..] {
            let name = match origin(change, column) {
                Some(old) => old.to_owned(),
                None if olds.iter().any(|old| old.eq_ignore_ascii_case(&column.name)) => {
                    free(&format!("autogen_{}", column.name), &taken)
                }
                None => continue,
            };
            if name != column.name {
                pairs.push((column.name.to_string(), name));
            }
        }
        if !pairs.is_empty() {
            self.columns.insert(after.name.to_string(), pairs);
        }
    }

    /// What new things are called while their names are not free.
    pub(crate) fn asides(&self, changes: &[Change]) -> Asides {
        let mut asides = Asides::default();
        for change in changes {
            match change {
                Change::DropTable(_) | Change::CreateExtension(_) | Change::DropExtension(_) => {}
                Change::CreateTable(table) => {
                    let aside = self.table(&table.name).to_owned();
                    if aside != table.name {
                        asides.tables.insert(aside, table.name.to_string());
                    }
                }
                Change::AlterTable(change) => {
                    let TableChange { before, after, edits: _ } = change;
                    for column in after.columns.iter().filter(|it| origin(change, it).is_none()) {
                        let aside = self.column(&after.name, &column.name).to_owned();
                        if aside != column.name {
                            let key = (before.name.to_string(), aside);
                            asides.columns.insert(key, column.name.to_string());
                        }
                    }
                }
            }
        }
        asides
    }

    /// The name in use for what is called `table` after.
    pub(crate) fn table<'a>(&'a self, table: &'a str) -> &'a str {
        self.tables.get(table).map_or(table, String::as_str)
    }

    /// The name in use for a column of what is called `table` after.
    pub(crate) fn column<'a>(&'a self, table: &str, column: &'a str) -> &'a str {
        let pairs = self.columns.get(table).map_or(&[][..], Vec::as_slice);
        pairs.iter().find(|(after, _)| after == column).map_or(column, |(_, name)| name)
    }

    /// The renames of columns that the table still needs, as `(from, to)`.
    pub(crate) fn column_renames(&self, table: &str) -> Vec<(String, String)> {
        let pairs = self.columns.get(table).map_or(&[][..], Vec::as_slice);
        pairs.iter().map(|(after, name)| (name.clone(), after.clone())).collect()
    }

    /// The renames of tables that are still needed, as `(from, to)`.
    pub(crate) fn table_renames(&self) -> Vec<(String, String)> {
        self.tables.iter().map(|(after, name)| (name.clone(), after.clone())).collect()
    }

    /// The shape of a table after, under the names in use.
    pub(crate) fn shape(&self, after: &Table) -> Shape {
        let mut shape = Shape::of(after);
        let name = after.name.to_string();
        let pairs = self.columns.get(&name).map_or(&[][..], Vec::as_slice);
        let pairs: Vec<(&str, &str)> =
            pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let text = |column: &Text| -> Text { self.column(&name, column).to_owned().into() };
        let table = &mut shape.table;
        table.name = self.table(&name).to_owned().into();
        for column in table.columns.to_mut() {
            column.name = text(&column.name);
            for expr in exprs(column) {
                *expr = expr.renamed(&pairs, Dialect::Sqlite);
            }
        }
        table.primary_key = table.primary_key.iter().map(text).collect();
        shape.unique_columns = shape.unique_columns.iter().map(text).collect();
        for check in table.checks.to_mut() {
            check.expr = check.expr.renamed(&pairs, Dialect::Sqlite);
        }
        for key in table.foreign_keys.to_mut() {
            key.columns = key.columns.iter().map(text).collect();
            let parent = key.table.to_string();
            let name = |column: &Text| self.column(&parent, column).to_owned().into();
            key.references = key.references.iter().map(name).collect::<List<Text>>();
            key.table = self.table(&parent).to_owned().into();
        }
        for index in &mut shape.indexes {
            rename_index(index, &pairs);
        }
        shape.table = shape.table.canonical();
        shape
    }
}

/// The names of new things that are called otherwise while their names are not free.
#[derive(Debug, Default)]
pub(crate) struct Asides {
    tables: BTreeMap<String, String>,
    /// By table and column, as they are called meanwhile.
    columns: BTreeMap<(String, String), String>,
}

impl Asides {
    /// What the table is called in the end, unless that is what it is called already.
    pub(crate) fn table(&self, aside: &str) -> Option<&str> {
        self.tables.get(aside).map(String::as_str)
    }

    /// The same of a column.
    pub(crate) fn column(&self, table: &str, aside: &str) -> Option<&str> {
        self.columns.get(&(table.to_owned(), aside.to_owned())).map(String::as_str)
    }
}

fn exprs(column: &mut Column) -> impl Iterator<Item = &mut Expr> {
    let generated = column.generated.as_mut().map(|generated| &mut generated.expr);
    generated.into_iter().chain(column.backfill.as_mut()).chain(column.using.as_mut())
}

fn rename_index(index: &mut Index, pairs: &[(&str, &str)]) {
    for key in index.keys.to_mut() {
        key.expr = if key.is_column {
            let pair = pairs.iter().find(|(after, _)| *after == key.expr.as_str());
            pair.map_or(key.expr.clone(), |(_, name)| Expr::from((*name).to_owned()))
        } else {
            key.expr.renamed(pairs, Dialect::Sqlite)
        };
    }
    index.predicate =
        index.predicate.take().map(|predicate| predicate.renamed(pairs, Dialect::Sqlite));
}

/// A name of a table that is free only when everything else is done.
fn given_up(change: &Change) -> Option<&str> {
    match change {
        Change::AlterTable(change) if change.before.name != change.after.name => {
            Some(&change.before.name)
        }
        // A new one may be called the same in other letters.
        Change::DropTable(table) => Some(&table.name),
        Change::CreateTable(_)
        | Change::AlterTable(_)
        | Change::CreateExtension(_)
        | Change::DropExtension(_) => None,
    }
}

/// The name before of a column of the table after, unless it is new.
fn origin<'c>(change: &'c TableChange, column: &'c Column) -> Option<&'c str> {
    for edit in &change.edits {
        let Edit::Column(delta) = edit else { continue };
        if delta.after().is_some_and(|after| after.name == column.name) {
            return delta.before().map(|before| before.name.as_ref());
        }
    }
    Some(&column.name)
}

/// The name, or one made of it that is not taken.
pub(crate) fn free(name: &str, taken: &[String]) -> String {
    let is_taken = |name: &str| taken.iter().any(|other| other.eq_ignore_ascii_case(name));
    if !is_taken(name) {
        return name.to_owned();
    }
    (2..=taken.len() + 2)
        .map(|number| format!("{name}_{number}"))
        .find(|name| !is_taken(name))
        .unwrap_or_else(|| name.to_owned())
}

/// Renames that happen all at once, one after the other: a name that is still in use is waited
/// for, and a ring is opened through a name that nobody has.
pub(crate) fn in_turn(
    mut renames: Vec<(String, String)>,
    taken: &[String],
) -> Vec<(String, String)> {
    let mut done = Vec::new();
    while !renames.is_empty() {
        // SQLite takes another case of the same letters for the same name.
        let ready = renames
            .iter()
            .position(|(_, to)| !renames.iter().any(|(from, _)| from.eq_ignore_ascii_case(to)));
        match ready {
            Some(at) => done.push(renames.remove(at)),
            None => {
                let aside = free(&format!("autogen_{}", renames[0].0), taken);
                done.push((renames[0].0.clone(), aside.clone()));
                renames[0].0 = aside;
            }
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(renames: &[(&str, &str)]) -> Vec<(String, String)> {
        let all = renames.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        in_turn(all, &["a".into(), "b".into(), "autogen_a".into()])
    }

    #[test]
    fn chains_wait_and_rings_are_opened() {
        let chain = turn(&[("a", "b"), ("b", "c")]);
        assert_eq!(
            chain,
            [("b".into(), "c".into()), ("a".into(), "b".into())] as [(String, String); 2]
        );
        let ring = turn(&[("a", "b"), ("b", "a")]);
        let names: Vec<_> = ring.iter().map(|(a, b)| format!("{a}>{b}")).collect();
        assert_eq!(names, ["a>autogen_a_2", "b>a", "autogen_a_2>b"]);
    }
}
