//! Constraints and indexes that come and go, a statement a table where one is enough.

use diesel_autogen_schema::{Deferrable, Extra, Extras, OwnPlace, Place};

use super::alter::alter_table;
use super::quote::{ident, within};
use super::render::{checked, constraint, create_index, drop_index, rule_comment};
use super::rule::{Rule, Tuning, apart};

/// The statements that add rules to a table. `unchecked` ones hold for new rows alone where there
/// is a word for that.
pub(crate) fn add(table: Place<'_>, rules: &[Rule], unchecked: bool) -> Vec<String> {
    let (together, later) = apart(rules);
    let added = |rule: &Rule| {
        let valid = if unchecked && rule.waits() { " NOT VALID" } else { "" };
        format!("ADD {}{valid}", constraint(rule))
    };
    let constraints: Vec<String> =
        together.into_iter().filter(|rule| !rule.is_index()).map(added).collect();
    let mut statements = Vec::new();
    if !constraints.is_empty() {
        statements.push(alter_table(table, &constraints));
    }
    statements.extend(later.into_iter().map(|rule| alter_table(table, &[added(rule)])));
    for rule in rules {
        if let Rule::Index(index) = rule {
            statements.push(create_index(table, index));
        }
    }
    statements.extend(rules.iter().filter_map(|rule| rule_comment(table, rule)));
    statements
}

/// The statements that drop them.
pub(crate) fn drop(table: Place<'_>, rules: &[Rule]) -> Vec<String> {
    let mut statements = Vec::new();
    for rule in rules.iter().filter(|rule| rule.is_index()) {
        statements.push(drop_index(table.schema, rule.name()));
    }
    let constraints: Vec<String> = rules
        .iter()
        .filter(|rule| !rule.is_index())
        .map(|rule| format!("DROP CONSTRAINT {}", ident(rule.name())))
        .collect();
    if !constraints.is_empty() {
        statements.push(alter_table(table, &constraints));
    }
    statements
}

/// Makes a rule of a unique index, which is taken over as it is, or the other way round.
pub(crate) fn turned(table: Place<'_>, before: &Rule, after: &Rule) -> Vec<String> {
    if !before.is_index() {
        let gone = drop(table, std::slice::from_ref(before));
        return gone.into_iter().chain(add(table, std::slice::from_ref(after), false)).collect();
    }
    let (name, index) = (ident(after.name()), ident(before.name()));
    let kind = match after {
        Rule::PrimaryKey { .. } => "PRIMARY KEY",
        Rule::Unique(_)
        | Rule::Check(_)
        | Rule::Exclusion(_)
        | Rule::Index(_)
        | Rule::ForeignKey(_) => "UNIQUE",
    };
    let add = format!("ADD CONSTRAINT {name} {kind} USING INDEX {index}");
    let altered = alter_table(table, &[add]);
    std::iter::once(altered).chain(rule_comment(table, after)).collect()
}

/// Looks whether the rows that are there fulfil a constraint, which holds for them from then on.
pub(crate) fn validate(table: Place<'_>, rule: &Rule) -> String {
    alter_table(table, &[format!("VALIDATE CONSTRAINT {}", ident(rule.name()))])
}

/// Lets a constraint hold for new rows alone. There is no word for that, so it is made anew.
pub(crate) fn unvalidate(table: Place<'_>, rule: &Rule) -> Vec<String> {
    let drop = format!("DROP CONSTRAINT {}", ident(rule.name()));
    let add = format!("ADD {} NOT VALID", constraint(rule));
    let altered = alter_table(table, &[drop, add]);
    std::iter::once(altered).chain(rule_comment(table, rule)).collect()
}

/// The statements that check or keep a rule otherwise.
pub(crate) fn tuned(table: Place<'_>, name: &str, before: &Tuning, after: &Tuning) -> Vec<String> {
    match (before, after) {
        (_, Tuning::Checked(mode)) => {
            let mode = if *mode == Deferrable::No { " NOT DEFERRABLE" } else { checked(*mode) };
            vec![alter_table(table, &[format!("ALTER CONSTRAINT {}{mode}", ident(name))])]
        }
        (Tuning::Kept(before), Tuning::Kept(after)) => {
            let index = within(table.schema, name);
            let actions = parameters(before, after).into_iter();
            // Unlike a table's, they are not put together.
            actions.map(|action| format!("ALTER INDEX {index} {action}")).collect()
        }
        (_, Tuning::Kept(_) | Tuning::None) => Vec::new(),
    }
}

/// What sets these storage parameters and no others.
pub(crate) fn parameters(before: &Extras, after: &Extras) -> Vec<String> {
    let pair = |extra: &Extra| {
        if let Extra::With(name, value) = extra {
            Some((name.clone(), value.clone()))
        } else {
            None
        }
    };
    let (old, new): (Vec<_>, Vec<_>) =
        (before.iter().filter_map(pair).collect(), after.iter().filter_map(pair).collect());
    let gone = old.iter().filter(|(name, _)| new.iter().all(|(other, _)| other != name));
    let gone: Vec<String> = gone.map(|(name, _)| name.to_string()).collect();
    let mut actions = Vec::new();
    if !gone.is_empty() {
        actions.push(format!("RESET ({})", gone.join(", ")));
    }
    let set = new.iter().filter(|it| !old.contains(it));
    let set: Vec<String> = set.map(|(name, value)| format!("{name} = {value}")).collect();
    if !set.is_empty() {
        actions.push(format!("SET ({})", set.join(", ")));
    }
    actions
}

/// Rules of several tables, dropped: foreign keys first.
pub(crate) fn dropped(rules: &[(OwnPlace, Rule)]) -> Vec<String> {
    let (keys, others): (Vec<_>, Vec<_>) =
        rules.iter().partition(|(_, rule)| rule.foreign_key().is_some());
    keys.into_iter()
        .chain(others)
        .flat_map(|(table, rule)| drop(table.place(), std::slice::from_ref(rule)))
        .collect()
}

/// The same, added again: foreign keys last.
pub(crate) fn added(rules: &[(OwnPlace, Rule)]) -> Vec<String> {
    let (keys, others): (Vec<_>, Vec<_>) =
        rules.iter().partition(|(_, rule)| rule.foreign_key().is_some());
    others
        .into_iter()
        .chain(keys)
        .flat_map(|(table, rule)| add(table.place(), std::slice::from_ref(rule), false))
        .collect()
}
