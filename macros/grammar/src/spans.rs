use std::collections::BTreeMap;

use diesel_autogen_schema::drift::Fact;
use proc_macro2::Span;

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
