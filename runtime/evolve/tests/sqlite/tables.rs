use diesel_autogen_evolve::HazardCode;
use diesel_autogen_schema::testing::{big, column, id, schema, table, text};
use diesel_autogen_schema::{Action, Live, Schema, SqlType};

use crate::harness::{Db, OLDEST, Story, planned};

#[test]
fn tables_come_with_indexes_and_go_again() {
    let after = schema(vec![
        table("teams", vec![id(), text("name")]).unique(&["name"]),
        table("users", vec![id(), text("email"), big("team_id")])
            .references("team_id", "teams", Action::Cascade)
            .index(&["email", "team_id"]),
    ]);
    let mut story = Story::new(Schema::EMPTY, after, "");
    let plan = story.up("");
    assert!(plan.transaction);
    let names: Vec<&str> = plan.steps.iter().map(|step| step.why.as_str()).collect();
    assert_eq!(names, ["teams: create the table", "users: create the table"]);
    story.db.run("INSERT INTO teams VALUES (1, 'a'); INSERT INTO users VALUES (1, 'e', 1)");
    story.down_and_up(&plan, ("", ""));
    assert!(plan.down_hazards().all(|hazard| hazard.code == HazardCode::DropsTable && hazard.loss));
    assert!(plan.down_sql().starts_with("-- loses data: users (table dropped) [drops-table]\n"));
}

#[test]
fn tables_that_refer_to_each_other_go_with_foreign_keys_off() {
    let before = schema(vec![
        table("a", vec![id(), big("b_id").null()]).references("b_id", "b", Action::Cascade),
        table("b", vec![id(), big("a_id").null()]).references("a_id", "a", Action::Restrict),
        table("kept", vec![id(), text("note")]),
    ]);
    let after = schema(vec![table("kept", vec![id(), text("note")])]);
    let seed = "INSERT INTO a VALUES (1, NULL); INSERT INTO b VALUES (1, 1);
        UPDATE a SET b_id = 1; INSERT INTO kept VALUES (1, 'x')";
    let mut story = Story::new(before, after, seed);
    let plan = story.round();
    assert!(!plan.transaction);
    assert_eq!(story.db.rows(&["note"], "kept"), ["'x'"]);
}

#[test]
fn a_dropped_parent_takes_no_row_of_a_kept_child() {
    let before = schema(vec![
        table("parents", vec![id()]),
        table("kids", vec![id(), big("parent_id").null()]).references(
            "parent_id",
            "parents",
            Action::Cascade,
        ),
    ]);
    let after = schema(vec![table("kids", vec![id(), big("parent_id").null()])]);
    let seed = "INSERT INTO parents VALUES (1); INSERT INTO kids VALUES (7, 1)";
    let mut story = Story::new(before, after, seed);
    story.up("");
    assert_eq!(story.db.rows(&["id", "parent_id"], "kids"), ["7|1"]);
}

#[test]
fn rings_of_new_tables_need_nothing_special() {
    let after = schema(vec![
        table("a", vec![id(), big("b_id").null()]).references("b_id", "b", Action::NoAction),
        table("b", vec![id(), big("a_id").null()]).references("a_id", "a", Action::NoAction),
        table("tree", vec![id(), big("up").null()]).references("up", "tree", Action::SetNull),
    ]);
    Story::new(Schema::EMPTY, after, "").round();
}

#[test]
fn hostile_names_are_only_names() {
    let evil = "x\"; DROP TABLE kept; --\n'";
    let kept = table("kept", vec![id()]);
    let before = schema(vec![
        kept.clone(),
        table(evil, vec![id(), text("select"), text("größe"), column(evil, SqlType::Integer)])
            .unique(&["select"])
            .index(&[evil, "größe"]),
    ]);
    let mut more = table(
        evil,
        vec![id(), text("select").null(), text("größe"), column(evil, SqlType::BigInt)],
    )
    .unique(&["select"])
    .index(&[evil, "größe"]);
    more = more.and(text("a b'").default_sql("'it''s -- not a comment'"));
    let after = schema(vec![kept, more]);
    let name = evil.replace('"', "\"\"");
    let seed = format!("INSERT INTO \"{name}\" VALUES (1, 'g', 's', 4)");
    let mut story = Story::new(before, after, &seed);
    let plan = story.round();
    assert!(!plan.transaction);
    assert_eq!(
        story.db.rows(&[&format!("\"{name}\""), "\"a b'\""], &format!("\"{name}\"")),
        ["4|'it''s -- not a comment'"]
    );
    story.db.run("SELECT * FROM kept");
}

#[test]
fn no_difference_gives_no_statement() {
    let same = schema(vec![table("users", vec![id(), text("name")])]);
    let plan = planned(&same, &same, &Default::default(), OLDEST);
    assert!(plan.steps.is_empty() && plan.transaction);
    let mut noted = same.clone();
    noted.tables.to_mut()[0].comment = Some("people".into());
    let plan = planned(&same, &noted, &Default::default(), OLDEST);
    assert_eq!(plan.up_sql(), "-- users: the comment on the table, nothing for SQLite to do\n");
    assert_eq!(plan.down_sql(), plan.up_sql());
    Db::of(&same).up(&plan);
}

#[test]
fn rules_that_rows_keep_already_may_not_fail() {
    let orders = |check: &str, action: Action| {
        table("orders", vec![id(), big("n"), big("team_id").null()])
            .check(check, "n > 0")
            .references("team_id", "teams", action)
    };
    let teams = || table("teams", vec![id()]);
    let users = || table("users", vec![id()]);
    let before = schema(vec![teams(), users(), orders("one", Action::NoAction)]);
    let member = users().and(big("team_id").null());
    let member = member.references("team_id", "teams", Action::SetNull);
    let after = schema(vec![teams(), member, orders("two", Action::Cascade)]);
    let plan = planned(&before, &after, &Live::default(), OLDEST);
    let all: Vec<_> = plan.hazards().chain(plan.down_hazards()).collect();
    assert!(all.iter().all(|it| !it.code.may_fail()), "{all:?}");
}
