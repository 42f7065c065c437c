//! What a pair is made of: numbers that mean less the smaller they are, so that shrinking leaves
//! what is plain.

use proptest::collection::vec;
use proptest::prelude::*;

/// A pair.
#[derive(Clone, Debug)]
pub(super) struct PairRecipe {
    pub(super) before: Vec<TableRecipe>,
    pub(super) edits: Vec<EditRecipe>,
    /// In place of edits, a schema of its own.
    pub(super) other: Option<Vec<TableRecipe>>,
    /// One number a column: which hints a person writes.
    pub(super) hints: Vec<u8>,
}

/// A table.
#[derive(Clone, Debug)]
pub(super) struct TableRecipe {
    pub(super) name: u8,
    pub(super) key: (u8, u8),
    pub(super) columns: Vec<ColumnRecipe>,
    pub(super) rules: Vec<RuleRecipe>,
    pub(super) options: Options,
}

/// What a table is besides its parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    pub(super) strict: u8,
    pub(super) without_rowid: u8,
    pub(super) comment: u8,
    pub(super) spent: u8,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub(super) struct ColumnRecipe {
    pub(super) name: u8,
    pub(super) kind: u8,
    pub(super) size: u8,
    pub(super) required: u8,
    pub(super) default: u8,
    pub(super) generated: u8,
    pub(super) source: u8,
    pub(super) collation: u8,
    pub(super) comment: u8,
    pub(super) spent: u8,
}

/// An index, a uniqueness rule, a condition or a foreign key.
#[derive(Clone, Debug)]
pub(super) struct RuleRecipe {
    pub(super) what: u8,
    pub(super) columns: Vec<u8>,
    pub(super) form: u8,
    pub(super) style: u8,
    pub(super) order: u8,
    pub(super) unique: u8,
    pub(super) predicate: u8,
    pub(super) name: u8,
    pub(super) parent: u8,
    pub(super) actions: (u8, u8, u8),
}

/// One edit; what the numbers mean depends on the first.
#[derive(Clone, Debug)]
pub(super) struct EditRecipe {
    pub(super) what: u8,
    pub(super) table: u8,
    pub(super) a: u8,
    pub(super) b: u8,
    pub(super) column: ColumnRecipe,
    pub(super) rule: RuleRecipe,
    pub(super) fresh: TableRecipe,
}

/// A number below a hundred: what is rare asks whether it is large.
fn percent() -> impl Strategy<Value = u8> {
    0..100_u8
}

pub(super) fn pair() -> impl Strategy<Value = PairRecipe> {
    let other = prop_oneof![
        5 => Just(None),
        1 => vec(table(), 0..4).prop_map(Some),
    ];
    (vec(table(), 0..4), vec(edit(), 1..7), other, vec(percent(), 12))
        .prop_map(|(before, edits, other, hints)| PairRecipe { before, edits, other, hints })
}

fn table() -> impl Strategy<Value = TableRecipe> {
    let parts = (vec(column(), 0..6), vec(rule(), 0..5));
    (any::<u8>(), (percent(), percent()), parts, options()).prop_map(
        |(name, key, (columns, rules), options)| TableRecipe { name, key, columns, rules, options },
    )
}

fn options() -> impl Strategy<Value = Options> {
    (percent(), percent(), percent(), percent()).prop_map(
        |(strict, without_rowid, comment, spent)| Options { strict, without_rowid, comment, spent },
    )
}

fn column() -> impl Strategy<Value = ColumnRecipe> {
    let facts = (any::<u8>(), any::<u8>(), any::<u8>(), percent(), percent());
    let rest = (percent(), any::<u8>(), percent(), percent(), percent());
    (facts, rest).prop_map(|((name, kind, size, required, default), rest)| {
        let (generated, source, collation, comment, spent) = rest;
        ColumnRecipe {
            name,
            kind,
            size,
            required,
            default,
            generated,
            source,
            collation,
            comment,
            spent,
        }
    })
}

fn rule() -> impl Strategy<Value = RuleRecipe> {
    let facts = (percent(), vec(any::<u8>(), 1..4), any::<u8>(), percent(), any::<u8>());
    let rest = (percent(), percent(), percent(), any::<u8>(), (percent(), percent(), percent()));
    (facts, rest).prop_map(|((what, columns, form, style, order), rest)| {
        let (unique, predicate, name, parent, actions) = rest;
        RuleRecipe { what, columns, form, style, order, unique, predicate, name, parent, actions }
    })
}

fn edit() -> impl Strategy<Value = EditRecipe> {
    let places = (any::<u8>(), any::<u8>(), any::<u8>(), any::<u8>());
    (places, column(), rule(), table()).prop_map(|((what, table, a, b), column, rule, fresh)| {
        EditRecipe { what, table, a, b, column, rule, fresh }
    })
}
