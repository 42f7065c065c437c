use std::collections::BTreeMap;

use proc_macro2::Span;

/// A fact that something may be said about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// The table itself, or anything that belongs to it alone.
    Table,
    /// The column of this SQL name.
    Column(String),
    /// The uniqueness rule of this name.
    Unique(String),
    /// The index of this name.
    Index(String),
    /// The check of this name.
    Check(String),
    /// The foreign key of this name.
    ForeignKey(String),
}

/// Where each fact is declared: a field's name, or the struct's for what the struct declares.
#[derive(Clone, Debug)]
pub struct Spans {
    item: Span,
    facts: BTreeMap<Fact, Span>,
}

impl Spans {
    pub(crate) fn new(item: Span) -> Spans {
        Spans { item, facts: BTreeMap::new() }
    }

    pub(crate) fn insert(&mut self, fact: Fact, span: Span) {
        self.facts.insert(fact, span);
    }

    /// The token of a fact; the struct's name for a fact that is declared nowhere.
    pub fn of(&self, fact: &Fact) -> Span {
        self.facts.get(fact).copied().unwrap_or(self.item)
    }
}
