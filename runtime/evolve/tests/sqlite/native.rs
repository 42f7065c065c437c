use diesel_autogen_schema::testing::{id, schema, table, text};
use diesel_autogen_schema::{Column, Table};

use crate::harness::{Story, planned};

const NEW: (u16, u16, u16) = (3, 53, 0);

fn run(before: Table, after: Table, statements: &[&str]) {
    let seed = "INSERT INTO t (id, a) VALUES (1, NULL)";
    let filled = before.columns.iter().any(|column| column.name == "a" && !column.nullable);
    let seed = if filled { seed.replace("NULL", "'x'") } else { seed.to_owned() };
    let mut story = Story::new(schema(vec![before]), schema(vec![after]), &seed);
    let plan = planned(&story.before, &story.after, &story.live, NEW);
    assert!(plan.transaction, "{}", plan.up_sql());
    let steps = plan.steps.iter().filter(|step| step.guards.is_empty());
    let up: Vec<&String> = steps.flat_map(|step| &step.up).collect();
    assert_eq!(up, statements);
    let there = story.db.structure();
    story.db.up(&plan);
    story.db.down(&plan);
    assert_eq!(story.db.structure(), there);
    story.db.up(&plan);
}

#[test]
fn not_null_comes_and_goes_natively_where_the_minimum_allows() {
    let base = || table("t", vec![id(), text("a").null()]);
    let backfilled = Column { backfill: Some("'b'".into()), ..text("a") };
    run(
        base(),
        table("t", vec![id(), backfilled]),
        &["UPDATE t SET a = 'b' WHERE a IS NULL", "ALTER TABLE t ALTER COLUMN a SET NOT NULL"],
    );
}

#[test]
fn named_checks_of_the_table_come_and_go_natively() {
    let base = || table("t", vec![id(), text("a").null()]);
    run(
        base(),
        base().check("sane", "id > 0 or a <> ''"),
        &["ALTER TABLE t ADD CONSTRAINT sane CHECK (id > 0 or a <> '')"],
    );
    run(base().check("sane", "id > 0 or a <> ''"), base(), &["ALTER TABLE t DROP CONSTRAINT sane"]);
}

#[test]
fn the_engine_of_the_tests_is_new_enough_to_say_so() {
    let mut db = crate::harness::Db::new();
    let version = db.rows(&["sqlite_version() >= '3.53'"], "(SELECT 1)");
    assert_eq!(version, ["1"]);
}
