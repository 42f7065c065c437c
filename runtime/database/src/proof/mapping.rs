//! What became what: tables, columns and the values in them.

use diesel_autogen_schema::{
    Change, Check, Column, Delta, Dialect, Edit, Excluded, Exclusion, Expr, ForeignKey, Index,
    IndexKey, List, OwnPlace, PUBLIC, Place, SqlType, Table, TableChange, Text, Unique,
};

use crate::ident;

/// The renames and losses of a list of changes.
pub(crate) struct Mapping<'a> {
    dialect: Dialect,
    changes: &'a [Change],
    /// Whether the changes carry the hints that say how values were converted.
    hints: bool,
    /// Whether tables that are made had rows before the way there.
    back: bool,
    /// Whether it is known what expressions make of values that they convert.
    computed: bool,
}

/// What a change does to the values of a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fate {
    /// They may become anything.
    pub(crate) free: bool,
    /// They are converted to another type.
    pub(crate) cast: bool,
    /// NULL becomes something else.
    pub(crate) filled: bool,
    /// They may become NULL: the rows that they refer to come back empty.
    pub(crate) let_go: bool,
}

impl<'a> Mapping<'a> {
    pub(crate) fn new(dialect: Dialect, changes: &'a [Change], hints: bool) -> Mapping<'a> {
        Mapping { dialect, changes, hints, back: false, computed: false }
    }

    /// The same of the inverted changes.
    pub(crate) fn of_the_way_back(
        dialect: Dialect,
        inverse: &'a [Change],
        hints: bool,
    ) -> Mapping<'a> {
        Mapping { dialect, changes: inverse, hints, back: true, computed: false }
    }

    /// The same where it is known what expressions make of values that they convert.
    pub(crate) fn computed(&self, computed: bool) -> Mapping<'a> {
        Mapping { computed, ..*self }
    }

    /// Whether this is the way back.
    pub(crate) fn is_back(&self) -> bool {
        self.back
    }

    /// Whether two names are one to the engine.
    pub(crate) fn same(&self, a: &str, b: &str) -> bool {
        ident::same(self.dialect, a, b)
    }

    /// Whether the table is at this place.
    pub(crate) fn is_at(&self, table: &Table, place: Place<'_>) -> bool {
        ident::same_place(self.dialect, table.place(), place)
    }

    /// The changed tables, before and after.
    pub(crate) fn tables(&self) -> impl Iterator<Item = (Option<&'a Table>, Option<&'a Table>)> {
        self.changes.iter().map(|change| (change.before(), change.after()))
    }

    /// Whether the table is changed.
    pub(crate) fn touches(&self, before: Place<'_>) -> bool {
        self.tables().any(|(table, _)| table.is_some_and(|table| self.is_at(table, before)))
    }

    /// Where the table is after, `None` when it goes.
    pub(crate) fn table<'n>(&self, before: Place<'n>) -> Option<Place<'n>>
    where
        'a: 'n,
    {
        let changed =
            self.tables().find(|(table, _)| table.is_some_and(|it| self.is_at(it, before)));
        match changed {
            Some((_, after)) => after.map(Table::place),
            None => Some(before),
        }
    }

    /// Whether the table is one that was not there before.
    pub(crate) fn creates(&self, after: Place<'_>) -> bool {
        self.tables().any(|(before, to)| {
            before.is_none() && to.is_some_and(|table| self.is_at(table, after))
        })
    }

    /// The change of a table that stays.
    pub(crate) fn change(&self, before: Place<'_>) -> Option<&'a TableChange> {
        let mut altered = self.changes.iter().filter_map(Change::altered);
        altered.find(|change| self.is_at(&change.before, before))
    }

    /// The column whose values a column of a table that stays follows after.
    pub(crate) fn followed(&self, table: Place<'_>, column: &str) -> Option<&str> {
        self.change(table)?.columns().find_map(|delta| match delta {
            Delta::Changed { before, after } if self.same(&before.name, column) => {
                after.extras.follows().map(AsRef::as_ref)
            }
            Delta::Changed { .. } | Delta::Added(_) | Delta::Removed(_) => None,
        })
    }

    /// What a column of a table that stays is called after and what becomes of its values;
    /// `None` when it goes.
    pub(crate) fn column<'n>(&self, table: Place<'_>, column: &'n str) -> Option<(&'n str, Fate)>
    where
        'a: 'n,
    {
        let edits = self.change(table).map(|change| &change.edits[..]).unwrap_or_default();
        for edit in edits {
            match edit {
                Edit::Column(Delta::Removed(before)) if self.same(&before.name, column) => {
                    return None;
                }
                Edit::Column(Delta::Changed { before, after })
                    if self.same(&before.name, column) =>
                {
                    let let_go = self.lets_go(table, after);
                    return Some((&after.name, Fate { let_go, ..self.fate(before, after) }));
                }
                Edit::Column(_)
                | Edit::PrimaryKey { .. }
                | Edit::Unique(_)
                | Edit::Index(_)
                | Edit::Check(_)
                | Edit::Exclusion(_)
                | Edit::ForeignKey(_)
                | Edit::Strict { .. }
                | Edit::WithoutRowid { .. }
                | Edit::Extras { .. }
                | Edit::Comment { .. } => {}
            }
        }
        Some((column, Fate::default()))
    }

    /// Whether a column changes its type.
    pub(crate) fn converts(&self) -> bool {
        let changed = |edit: &Edit| match edit {
            Edit::Column(Delta::Changed { before, after }) => {
                !before.sql_type.same_facts(&after.sql_type)
            }
            Edit::Column(Delta::Added(_) | Delta::Removed(_))
            | Edit::PrimaryKey { .. }
            | Edit::Unique(_)
            | Edit::Index(_)
            | Edit::Check(_)
            | Edit::Exclusion(_)
            | Edit::ForeignKey(_)
            | Edit::Strict { .. }
            | Edit::WithoutRowid { .. }
            | Edit::Extras { .. }
            | Edit::Comment { .. } => false,
        };
        let mut altered = self.changes.iter().filter_map(Change::altered);
        altered.any(|change| change.edits.iter().any(changed))
    }

    fn fate(&self, before: &Column, after: &Column) -> Fate {
        let converted = before.using.is_some() || after.using.is_some() && !self.computed;
        let computed = before.generated.is_some() || after.generated.is_some();
        let cast = !before.sql_type.same_facts(&after.sql_type);
        let known = self.computed && matches!(after.sql_type, SqlType::Enum(_));
        let relabelled = relabelled(&before.sql_type) || relabelled(&after.sql_type) && !known;
        Fate {
            free: converted || computed || relabelled || cast && !self.hints,
            cast,
            filled: before.nullable && !after.nullable,
            let_go: false,
        }
    }

    /// Whether the changed column refers to a table that comes back without its rows.
    fn lets_go(&self, table: Place<'_>, after: &Column) -> bool {
        let Some(change) = self.change(table) else { return false };
        let mut keys = change.after.foreign_keys.iter();
        self.back
            && after.nullable
            && keys.any(|key| {
                self.creates(key.target())
                    && key.columns.iter().any(|own| self.same(own, &after.name))
            })
    }

    /// Every name that a rename takes or gives, in lower case.
    pub(crate) fn renamed_names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for change in self.changes {
            if let Change::AlterTable(change) = change {
                let schema = |table: &'a Table| table.schema.as_deref().unwrap_or(PUBLIC);
                let tables = [
                    (&*change.before.name, &*change.after.name),
                    (schema(&change.before), schema(&change.after)),
                ];
                let tables = tables.into_iter().filter(|(from, to)| from != to);
                for (from, to) in tables.chain(change.column_renames()) {
                    names.extend([from.to_lowercase(), to.to_lowercase()]);
                }
            }
        }
        names
    }

    /// The table as it would be if the renames were all that happened to it.
    pub(crate) fn renamed(&self, table: &Table) -> Table {
        let renames =
            self.change(table.place()).map(TableChange::column_renames).unwrap_or_default();
        let name = |own: &Text| -> Text {
            let to = renames.iter().find(|(from, _)| self.same(from, own)).map(|(_, to)| *to);
            to.map_or_else(|| own.clone(), |to| to.to_owned().into())
        };
        let list = |own: &List<Text>| -> List<Text> { own.iter().map(name).collect() };
        let expr = |own: &Expr| own.renamed(&renames, self.dialect);
        let Table {
            schema: _,
            name: _,
            columns,
            primary_key,
            uniques,
            indexes,
            checks,
            exclusions,
            foreign_keys,
            strict,
            without_rowid,
            extras,
            comment,
            renamed_from: _,
        } = table;
        let to = self.table(table.place()).unwrap_or(table.place());
        let mut renamed = Table::new(table.name.clone()).moved_to(&OwnPlace::from(to));
        renamed.columns =
            columns.iter().map(|column| renamed_column(column, &name, &expr)).collect();
        renamed.primary_key = list(primary_key);
        renamed.uniques = uniques
            .iter()
            .map(|unique| Unique {
                columns: list(&unique.columns),
                extras: unique.extras.renamed(name),
                ..unique.clone()
            })
            .collect();
        renamed.indexes = indexes.iter().map(|index| renamed_index(index, &name, &expr)).collect();
        renamed.checks =
            checks.iter().map(|check| Check { expr: expr(&check.expr), ..check.clone() }).collect();
        renamed.exclusions =
            exclusions.iter().map(|own| renamed_exclusion(own, &name, &expr)).collect();
        renamed.foreign_keys =
            foreign_keys.iter().map(|key| self.renamed_key(key, list(&key.columns))).collect();
        renamed.strict = *strict;
        renamed.without_rowid = *without_rowid;
        renamed.extras = extras.clone();
        renamed.comment.clone_from(comment);
        renamed
    }

    fn renamed_key(&self, key: &ForeignKey, columns: List<Text>) -> ForeignKey {
        let mut renamed = key.clone();
        renamed.extras = key.extras.renamed(|own| {
            let at = key.columns.iter().position(|it| it == own);
            at.map_or_else(|| own.clone(), |at| columns[at].clone())
        });
        renamed.columns = columns;
        let to = OwnPlace::from(self.table(key.target()).unwrap_or(key.target()));
        (renamed.schema, renamed.table) = (to.schema, to.name);
        let reference = |own: &Text| -> Text {
            let successor = self.followed(key.target(), own);
            let name = successor.or_else(|| Some(self.column(key.target(), own)?.0));
            name.map_or_else(|| own.clone(), |name| name.to_owned().into())
        };
        renamed.references = key.references.iter().map(reference).collect();
        renamed
    }
}

fn renamed_column(
    column: &Column,
    name: &dyn Fn(&Text) -> Text,
    expr: &dyn Fn(&Expr) -> Expr,
) -> Column {
    let mut column = column.clone();
    column.name = name(&column.name);
    if let Some(generated) = &mut column.generated {
        generated.expr = expr(&generated.expr);
    }
    for hint in column.using.iter_mut().chain(&mut column.backfill) {
        *hint = expr(hint);
    }
    column
}

fn renamed_index(
    index: &Index,
    name: &dyn Fn(&Text) -> Text,
    expr: &dyn Fn(&Expr) -> Expr,
) -> Index {
    Index {
        keys: index.keys.iter().map(|key| renamed_index_key(key, name, expr)).collect(),
        predicate: index.predicate.as_ref().map(expr),
        extras: index.extras.renamed(name),
        ..index.clone()
    }
}

fn renamed_exclusion(
    own: &Exclusion,
    name: &dyn Fn(&Text) -> Text,
    expr: &dyn Fn(&Expr) -> Expr,
) -> Exclusion {
    let element = |element: &Excluded| Excluded {
        key: renamed_index_key(&element.key, name, expr),
        operator: element.operator.clone(),
    };
    Exclusion {
        elements: own.elements.iter().map(element).collect(),
        predicate: own.predicate.as_ref().map(expr),
        ..own.clone()
    }
}

fn renamed_index_key(
    key: &IndexKey,
    name: &dyn Fn(&Text) -> Text,
    expr: &dyn Fn(&Expr) -> Expr,
) -> IndexKey {
    IndexKey {
        expr: if key.is_column { Expr(name(&key.expr.0)) } else { expr(&key.expr) },
        ..key.clone()
    }
}

/// Whether labels are called otherwise than they were.
pub(crate) fn relabelled(of: &SqlType) -> bool {
    let labels = of.enumeration().map(|of| &of.labels[..]).unwrap_or_default();
    labels.iter().any(|label| label.renamed_from.is_some())
}
