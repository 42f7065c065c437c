use diesel_autogen_schema::testing::{big, column, id, one_of, schema, table, text};
use diesel_autogen_schema::{Action, Schema, SqlType};

use crate::harness::{Db, Story, planned, same};
use diesel_autogen_schema::Live;

#[test]
fn a_script_reads_as_a_person_would_write_it() {
    let after = schema(vec![
        table(
            "users",
            vec![
                id(),
                text("email"),
                text("bio").null(),
                one_of("role", &["admin", "member"]).default_sql("'member'"),
            ],
        )
        .unique(&["email"])
        .index(&["bio"])
        .check("users_email_check", "email <> ''"),
        table(
            "posts",
            vec![id(), big("user_id"), column("at", SqlType::TIMESTAMP).default_sql("now()")],
        )
        .references("user_id", "users", Action::Cascade),
    ]);
    let plan = planned(&Schema::EMPTY, &after, &Live::default());
    assert_eq!(plan.up_sql(), include_str!("scripts/first.sql"));
    assert_eq!(
        plan.down_sql(),
        "-- loses data: posts (table dropped) [drops-table]\n-- loses data: users (table dropped) [drops-table]\n\n\
         -- posts: drop the table\nDROP TABLE posts;\n\n\
         -- users: drop the table\nDROP TABLE users;\n\n\
         -- role: drop the type\nDROP TYPE role;\n"
    );
    let Some(mut db) = Db::new() else { return };
    db.up(&plan);
    db.down(&plan);
    assert_eq!(db.structure(), [""; 0]);
    db.up(&plan);
    same(&mut db, &after, "");
}

#[test]
fn tables_that_refer_to_each_other_come_and_go() {
    let a = table("a", vec![id(), big("b_id").null()]).references("b_id", "b", Action::SetNull);
    let b = table("b", vec![id(), big("a_id").null()]).references("a_id", "a", Action::NoAction);
    let own =
        table("own", vec![id(), big("parent").null()]).references("parent", "own", Action::Cascade);
    let all = schema(vec![a, b, own]);
    for (before, after) in [(Schema::EMPTY, all.clone()), (all, Schema::EMPTY)] {
        let Some(mut story) = Story::new(before, after, "") else { return };
        story.round();
    }
}

#[test]
fn a_dropped_parent_goes_after_its_child() {
    let before = schema(vec![
        table("p", vec![id()]),
        table("c", vec![id(), big("p_id")]).references("p_id", "p", Action::Cascade),
        table("stays", vec![id(), big("p_id")]).references("p_id", "p", Action::Cascade),
    ]);
    let after = schema(vec![table("stays", vec![id(), big("p_id")])]);
    let seed = "INSERT INTO p DEFAULT VALUES; INSERT INTO c (p_id) VALUES (1)";
    let Some(mut story) = Story::new(before, after, seed) else { return };
    story.round();
}
