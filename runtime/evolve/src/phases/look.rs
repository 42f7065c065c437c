use diesel_autogen_schema::{Change, Dialect, Live, OwnPlace, Schema, Table, TableChange, diff};

use crate::dialect::Target;
use crate::dialect::names::Names;
use crate::dialect::postgres::{gentle, rule::Rule, rules_sql};
use crate::guard::guarded;
use crate::hazard::{Hazard, HazardCode};
use crate::plan::{Plan, Step};

/// Looks at the rows from before for rules that `changes` brought for new ones.
pub(super) fn plan(
    rules: &[(OwnPlace, Rule)],
    changes: &[Change],
    target: &Target,
    live: &Live,
) -> Plan {
    let guards = guarded(changes, target, live).up.into_iter();
    let mut steps: Vec<Step> =
        guards.filter(|step| step.guards.iter().all(|it| is_looked_at(it.code))).collect();
    for (table, rule) in rules {
        let code = match rule {
            Rule::ForeignKey(_) => HazardCode::TightensForeignKey,
            Rule::PrimaryKey { .. }
            | Rule::Unique(_)
            | Rule::Check(_)
            | Rule::Exclusion(_)
            | Rule::Index(_) => HazardCode::TightensCheck,
        };
        let detail = format!("rows may break {}", rule.words());
        steps.push(Step {
            why: format!("{}: {} holds for every row", table.place(), rule.words()),
            down_why: format!("{}: {} holds for new rows alone", table.place(), rule.words()),
            up: vec![rules_sql::validate(table.place(), rule)],
            down: rules_sql::unvalidate(table.place(), rule),
            hazards: vec![Hazard::new(code, table.place().to_string(), detail)],
            transaction: true,
            ..Step::default()
        });
    }
    // Nobody is kept away: what it locks, others read and write.
    Plan { steps: gentle::patient(steps, 1), transaction: true }
}

/// The same changes on tables that are called as they will be already, columns included: what looks
/// at rows later finds them so.
pub(super) fn under_new_names(changes: &[Change]) -> Vec<Change> {
    let names = Names::of(changes, Dialect::Postgres);
    let renamed = |change: &Change| {
        let Some(TableChange { before, after, edits: _ }) = change.altered() else {
            return vec![change.clone()];
        };
        let (schema, name) = (after.schema.clone(), after.name.clone());
        let before = Table { schema, name, ..names.while_there(before) };
        let one = |table: &Table| Schema::of(vec![table.clone()]);
        diff(&one(&before), &one(after)).unwrap_or_else(|_| vec![change.clone()])
    };
    changes.iter().flat_map(renamed).collect()
}

/// Whether rows are looked at for it by a revision of its own, where a change is made in phases.
pub(crate) fn is_looked_at(code: HazardCode) -> bool {
    match code {
        HazardCode::TightensNotNull
        | HazardCode::TightensCheck
        | HazardCode::TightensForeignKey => true,
        HazardCode::DropsTable
        | HazardCode::DropsColumn
        | HazardCode::NarrowsType
        | HazardCode::RemovesLabels
        | HazardCode::ReplacesValues
        | HazardCode::TightensUnique
        | HazardCode::TightensExclusion
        | HazardCode::TightensKind
        | HazardCode::CastMayFail
        | HazardCode::FillMayFail
        | HazardCode::ComputedMayFail
        | HazardCode::Blocked
        | HazardCode::RewritesTable
        | HazardCode::LosesOnDown
        | HazardCode::IrreversibleData => false,
    }
}
