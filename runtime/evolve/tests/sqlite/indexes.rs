use diesel_autogen_schema::Expr;
use diesel_autogen_schema::testing::{id, schema, table, text};

use crate::harness::Story;

#[test]
fn indexes_and_uniques_alone_rebuild_nothing() {
    let base = || table("t", vec![id(), text("a"), text("b")]);
    let mut other = base().unique(&["a"]).index(&["b", "a"]);
    let index = other.indexes[0].clone();
    let mut partial = index.clone();
    partial.name = "t_partial".into();
    partial.unique = true;
    partial.predicate = Some("a > 'a' -- note".into());
    let mut expression = index.clone();
    expression.name = "t_lower".into();
    expression.keys.to_mut()[0].expr = Expr::from("lower(a)");
    expression.keys.to_mut()[0].is_column = false;
    expression.keys.to_mut()[0].order = diesel_autogen_schema::Order::Desc;
    other.indexes.to_mut().extend([partial, expression]);
    let seed = "INSERT INTO t VALUES (1, 'x', 'y')";
    let plan = Story::new(schema(vec![base()]), schema(vec![other.clone()]), seed).round();
    assert!(plan.transaction);
    let mut changed = other.clone();
    changed.indexes.to_mut()[2].keys.to_mut()[0].order = diesel_autogen_schema::Order::Asc;
    let plan = Story::new(schema(vec![other]), schema(vec![changed]), seed).round();
    assert_eq!(plan.steps.len(), 2, "dropped and made again");
}

#[test]
fn a_unique_rule_over_rows_that_repeat_fails_and_leaves_everything() {
    let base = || table("t", vec![id(), text("a")]);
    let seed = "INSERT INTO t VALUES (1, 'x'), (2, 'x')";
    let mut story = Story::new(schema(vec![base()]), schema(vec![base().unique(&["a"])]), seed);
    let plan =
        crate::harness::planned(&story.before, &story.after, &story.live, crate::harness::OLDEST);
    assert!(plan.hazards().any(|hazard| hazard.code.may_fail()));
    let there = story.db.structure();
    assert!(story.db.file(&plan.up_sql(), plan.transaction).is_err());
    assert_eq!(story.db.structure(), there);
}
