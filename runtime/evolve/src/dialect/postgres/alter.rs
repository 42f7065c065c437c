//! Columns that come, go and change, in as few statements as do it.

use std::collections::BTreeSet;

use diesel_autogen_schema::{Column, Delta, Dialect, Expr, Live, OwnPlace, Place, SqlType, Text};

use super::ahead::Ahead;
use super::altered::is_made_anew;
use super::labels::relabelled_value;
use super::numbering::{hand_over, heir, renumber, unnumber};
use super::op::{Alteration, Op};
use super::quote::{collation, expr, ident, place};
use super::render::{On, column_def, comment, default_value};
use super::types::{base, converted, spelled};
use super::{back, fill};
use crate::decide::tightening;

/// The direction that SQL is rendered for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Up,
    Down,
}

/// What rendering depends on besides the operations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    pub(crate) live: &'a Live,
    pub(crate) minimum: (u16, u16, u16),
    pub(crate) direction: Direction,
    /// Tables that this direction makes, as they are called meanwhile: they have no rows yet.
    pub(crate) made: &'a [OwnPlace],
    /// What comes after the operation in this direction.
    pub(crate) later: &'a [Op],
    /// Foreign keys that hold of no row when they come, by table and name.
    pub(crate) idle: &'a BTreeSet<(OwnPlace, Text)>,
    /// Whether rules come for new rows alone: a revision that follows looks at the others.
    pub(crate) phased: bool,
    /// Enum types that get their new labels otherwise than by the way.
    pub(crate) ahead: &'a Ahead,
}

impl Context<'_> {
    /// Whether this direction makes the table.
    pub(crate) fn makes(&self, table: Place<'_>) -> bool {
        self.made.iter().any(|it| it.place() == table)
    }

    /// What a column of a table holds once it has the type that it gets later, as SQL over what it
    /// holds now; `None` where it has it, or becomes it by itself.
    pub(crate) fn in_the_end(&self, table: Place<'_>, column: &str) -> Option<String> {
        self.later.iter().find_map(|op| {
            let Op::Alter(it) = op else { return None };
            it.columns.iter().filter(|_| it.after.place() == table).find_map(|delta| match delta {
                Delta::Changed { before, after } if after.name == column => using(before, after),
                Delta::Changed { .. } | Delta::Added(_) | Delta::Removed(_) => None,
            })
        })
    }
}

/// `ALTER TABLE` with all that happens to the table at once.
pub(crate) fn alter_table(table: Place<'_>, actions: &[String]) -> String {
    let table = place(table);
    match actions {
        [one] => format!("ALTER TABLE {table} {one}"),
        several => format!("ALTER TABLE {table}\n    {}", several.join(",\n    ")),
    }
}

/// Statements about one table: what can be said in one `ALTER TABLE` is.
pub(crate) struct Statements<'a> {
    pub(crate) table: Place<'a>,
    actions: Vec<String>,
    done: Vec<String>,
}

impl Statements<'_> {
    pub(crate) fn new(table: Place<'_>) -> Statements<'_> {
        Statements { table, actions: Vec::new(), done: Vec::new() }
    }

    pub(crate) fn action(&mut self, action: String) {
        self.actions.push(action);
    }

    pub(crate) fn statement(&mut self, statement: String) {
        self.flush();
        self.done.push(statement);
    }

    pub(crate) fn statements(&mut self, statements: impl IntoIterator<Item = String>) {
        statements.into_iter().for_each(|it| self.statement(it));
    }

    pub(crate) fn flush(&mut self) {
        if !self.actions.is_empty() {
            let actions = std::mem::take(&mut self.actions);
            self.done.push(alter_table(self.table, &actions));
        }
    }

    pub(crate) fn finish(mut self) -> Vec<String> {
        self.flush();
        self.done
    }
}

/// The columns of an alteration, by what happens to them.
struct Sorted<'a> {
    /// Those that change where they stand.
    changed: Vec<(&'a Column, &'a Column)>,
    /// Those that come and hold values.
    added: Vec<&'a Column>,
    /// Those that are computed and come, or come again.
    computed: Vec<&'a Column>,
    /// Those that go, or make way.
    dropped: Vec<&'a Column>,
}

fn sorted(it: &Alteration) -> Sorted<'_> {
    let mut sorted = Sorted {
        changed: Vec::new(),
        added: Vec::new(),
        computed: Vec::new(),
        dropped: Vec::new(),
    };
    for delta in &it.columns {
        match delta {
            Delta::Removed(column) => sorted.dropped.push(column),
            Delta::Added(column) if column.generated.is_some() => sorted.computed.push(column),
            Delta::Added(column) => sorted.added.push(column),
            Delta::Changed { before, after }
                if is_made_anew(before, after) || depends(it, after) =>
            {
                sorted.dropped.push(before);
                sorted.computed.push(after);
            }
            Delta::Changed { before, after } => sorted.changed.push((before, after)),
        }
    }
    sorted
}

/// The statements of an alteration.
pub(crate) fn alter(it: &Alteration, context: &Context<'_>) -> Vec<String> {
    let table = it.after.place();
    let mut out = Statements::new(table);
    let Sorted { changed, added, computed, dropped } = sorted(it);
    // A column does not go before those that are computed from it went, or are so no more.
    let (first, then): (Vec<_>, Vec<_>) =
        dropped.into_iter().partition(|column| column.generated.is_some());
    let drop = |column: &Column| format!("DROP COLUMN {}", ident(&column.name));
    first.into_iter().for_each(|column| out.action(drop(column)));
    for (before, after) in changed.iter().filter(|(before, after)| ends(before, after)) {
        uncompute(before, after, &mut out, context);
    }
    then.into_iter().for_each(|column| out.action(drop(column)));
    let heirs: Vec<_> = changed.iter().filter_map(|it| Some((*it, heir(*it, &changed)?))).collect();
    for (before, after) in &changed {
        let gives = heirs.iter().any(|(giver, _)| giver.1.name == after.name);
        change(before, after, gives, &mut out, context);
    }
    for column in &added {
        fill::open(it, column, &mut out, context);
    }
    for (before, after) in &changed {
        fill::tighten(it, before, after, &mut out, context);
    }
    for column in back::in_turn(it, &added) {
        fill::fill(it, column, &mut out, context);
    }
    for (before, after) in &changed {
        required(before, after, &mut out);
    }
    for column in &added {
        fill::close(it, column, &mut out, context);
    }
    for (giver, (_, heir)) in &heirs {
        hand_over(*giver, heir, &mut out, context.direction);
    }
    let inherits = |of: &Column| heirs.iter().any(|(_, (_, heir))| heir.name == of.name);
    for (before, after) in changed.iter().filter(|(_, after)| !inherits(after)) {
        renumber(before, after, &mut out);
    }
    for column in &computed {
        out.action(format!("ADD COLUMN {}", column_def(table, column)));
    }
    for column in added.into_iter().chain(computed) {
        if let Some(text) = &column.comment {
            let on = On::Column(column.name.clone());
            out.statement(comment(table, &on, Some(text)));
        }
    }
    out.finish()
}

/// Whether a computed column that stays as it is makes way for one that it is computed from.
fn depends(it: &Alteration, after: &Column) -> bool {
    let Some(generated) = &after.generated else { return false };
    it.columns.iter().any(|delta| match delta {
        Delta::Changed { before, after } => {
            generated.expr.mentions(&after.name, Dialect::Postgres) && is_retyped(before, after)
        }
        Delta::Added(_) | Delta::Removed(_) => false,
    })
}

fn is_retyped(before: &Column, after: &Column) -> bool {
    spelled(&before.sql_type) != spelled(&after.sql_type)
        || before.collation != after.collation
        || (after.using.is_some() && !before.sql_type.same_facts(&after.sql_type))
}

/// Changes a column where it stands; one that `gives` its numbering away goes on to have it for now.
fn change(
    before: &Column,
    after: &Column,
    gives: bool,
    out: &mut Statements<'_>,
    context: &Context<'_>,
) {
    let column = ident(&after.name);
    // One that is made for what is computed no more has its type already.
    let retyped = is_retyped(before, after) && !is_replaced(before, after, context);
    if !gives {
        unnumber(before, after, out);
    }
    if retyped && before.identity.is_some() && after.identity.is_none() {
        // In one statement the new type would have to be one that counts.
        out.flush();
    }
    let using = if retyped { using(before, after) } else { None };
    let (old, new) = (plain_default(before), plain_default(after));
    // A default that PostgreSQL may not be able to convert makes way.
    let away = retyped && old.is_some() && base(&before.sql_type) != base(&after.sql_type);
    if (away || new.is_none()) && old.is_some() {
        out.action(format!("ALTER COLUMN {column} DROP DEFAULT"));
    }
    if retyped {
        let collation = after.collation.as_ref().map(|it| format!(" COLLATE {}", collation(it)));
        out.action(format!(
            "ALTER COLUMN {column} TYPE {}{}{}",
            spelled(&after.sql_type),
            collation.unwrap_or_default(),
            using.map(|using| format!(" USING {using}")).unwrap_or_default()
        ));
    }
    if let Some(new) = new.filter(|new| away || old.as_ref() != Some(new)) {
        out.action(format!("ALTER COLUMN {column} SET DEFAULT {new}"));
    }
    if !before.nullable && after.nullable && !gives && !is_replaced(before, after, context) {
        out.action(format!("ALTER COLUMN {column} DROP NOT NULL"));
    }
}

fn plain_default(column: &Column) -> Option<String> {
    let default = column.default.as_ref().filter(|_| column.identity.is_none());
    default.map(|default| default_value(default.as_str()))
}

/// What gives a column the default that it has in the end.
pub(super) fn default_action(column: &Column) -> String {
    let name = ident(&column.name);
    match plain_default(column) {
        Some(default) => format!("ALTER COLUMN {name} SET DEFAULT {default}"),
        None => format!("ALTER COLUMN {name} DROP DEFAULT"),
    }
}

/// What is computed becomes a value like any other; the value stays.
fn uncompute(before: &Column, after: &Column, out: &mut Statements<'_>, context: &Context<'_>) {
    let column = ident(&after.name);
    if context.minimum >= (13, 0, 0) {
        out.action(format!("ALTER COLUMN {column} DROP EXPRESSION"));
        // Its type cannot change in the same statement.
        out.flush();
        if before.comment != after.comment {
            let on = On::Column(after.name.clone());
            out.statement(comment(out.table, &on, after.comment.as_deref()));
        }
        return;
    }
    let table = place(out.table);
    let aside = ident(&format!("autogen_{}", after.name));
    out.statement(format!("ALTER TABLE {table} RENAME COLUMN {column} TO {aside}"));
    let plain = Column { nullable: true, default: None, ..after.clone() };
    out.action(format!("ADD COLUMN {}", column_def(out.table, &plain)));
    out.statement(format!("UPDATE {table} SET {column} = {aside}"));
    out.action(format!("DROP COLUMN {aside}"));
    if !before.nullable && !after.nullable {
        out.action(format!("ALTER COLUMN {column} SET NOT NULL"));
    }
    out.flush();
    // It is another column, on which nobody has remarked yet.
    if let Some(text) = &after.comment {
        out.statement(comment(out.table, &On::Column(after.name.clone()), Some(text)));
    }
}

/// Whether a column is computed no more.
fn ends(before: &Column, after: &Column) -> bool {
    before.generated.is_some() && after.generated.is_none()
}

/// Whether a column that is computed no more is another one from then on.
fn is_replaced(before: &Column, after: &Column, context: &Context<'_>) -> bool {
    ends(before, after) && context.minimum < (13, 0, 0)
}

fn using(before: &Column, after: &Column) -> Option<String> {
    let same = before.sql_type.same_facts(&after.sql_type);
    if let Some(using) = after.using.as_ref().filter(|_| !same) {
        return Some(of_enum(using, &after.sql_type));
    }
    let column = ident(&after.name);
    match (&before.sql_type, &after.sql_type) {
        (SqlType::Enum(from), SqlType::Enum(to)) if !same => {
            let value = relabelled_value(&column, from, to, false);
            Some(format!("{value}::{}", spelled(&after.sql_type)))
        }
        (from, to) => match (from.enumeration(), to.enumeration()) {
            (Some(old), Some(new)) if !same && !is_enum(from) && !is_enum(to) => {
                let value = relabelled_value(&column, old, new, true);
                Some(format!("{value}::{}", spelled(to)))
            }
            (_, _) => converted(&column, from, to),
        },
    }
}

/// An expression as a value of a column: what is text becomes a label only where that is asked for.
pub(crate) fn of_enum(value: &Expr, of: &SqlType) -> String {
    let text = expr(value.as_str());
    let label = diesel_autogen_schema::sql::literal_text(&text).is_some();
    match of.enumeration() {
        Some(_) if !label => format!("({text})::{}", spelled(of)),
        Some(_) | None => text,
    }
}

fn is_enum(of: &SqlType) -> bool {
    matches!(of, SqlType::Enum(_))
}

fn required(before: &Column, after: &Column, out: &mut Statements<'_>) {
    if before.nullable && !after.nullable {
        out.action(format!("ALTER COLUMN {} SET NOT NULL", ident(&after.name)));
    }
}

/// Whether rows may hold NULL where none may be, and something is known for them.
pub(crate) fn tightened<'c>(before: &Column, after: &'c Column) -> Option<&'c Expr> {
    let tightened = before.nullable && !after.nullable && after.generated.is_none();
    tightening(before, after).filter(|_| tightened)
}
