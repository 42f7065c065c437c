//! What is known of a plan before it is tried, and what it is tried beside.

use diesel_autogen_database::WayBack;
use diesel_autogen_evolve::{HazardCode, Plan, Target, plan};
use diesel_autogen_schema::{Live, Schema, Table, Text, diff};

/// The extensions of either schema, each once, by name.
pub fn extensions(before: &Schema, after: &Schema) -> Vec<Text> {
    let mut all = [&before.extensions[..], &after.extensions[..]].concat();
    all.sort();
    all.dedup();
    all
}

/// SQL that makes these tables in an empty database, with extensions that they may need.
///
/// # Errors
/// Why it cannot be done, as text.
pub fn create(tables: &[Table], extensions: &[Text], target: &Target) -> Result<String, String> {
    let mut schema =
        Schema { tables: tables.to_vec().into(), extensions: extensions.to_vec().into() };
    for table in schema.tables.to_mut() {
        // Nothing is there to be renamed.
        table.renamed_from = None;
    }
    let changes = diff(&Schema::EMPTY, &schema).map_err(|errors| joined(&errors))?;
    let live = Live::of(target.dialect, Schema::EMPTY);
    let plan = plan(&changes, target, &live).map_err(|refusals| joined(&refusals))?;
    Ok(plan.up_sql())
}

/// Whether the plan says that it works whatever the rows are.
pub fn certain(plan: &Plan) -> bool {
    plan.hazards().all(|hazard| {
        let stops = matches!(hazard.code, HazardCode::Blocked | HazardCode::NarrowsType);
        !stops && !hazard.code.may_fail()
    })
}

/// What the plan says of its way back.
pub fn way_back(plan: &Plan) -> WayBack {
    if plan.down_hazards().any(|hazard| hazard.code == HazardCode::Blocked) {
        WayBack::Blocked
    } else if plan.down_hazards().any(|hazard| hazard.code.may_fail()) {
        WayBack::Uncertain
    } else {
        WayBack::Certain
    }
}

/// The messages of several errors, as one.
pub(super) fn joined<T: std::fmt::Display>(list: &[T]) -> String {
    list.iter().map(T::to_string).collect::<Vec<_>>().join("; ")
}
