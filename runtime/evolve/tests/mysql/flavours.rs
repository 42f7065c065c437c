use diesel_autogen_evolve::{Dialect, Target};
use diesel_autogen_schema::testing::{big, column, id, schema, table, text};
use diesel_autogen_schema::{Column, Flavour, Generated, Live, Schema, SqlType, Storage};

use crate::harness::planned_for;

fn sql(before: &Schema, after: &Schema, target: Target) -> String {
    planned_for(before, after, &Live::default(), target).up_sql()
}

const MYSQL: Target = Target::of(Dialect::Mysql, Flavour::Mysql);
const MARIADB: Target = Target::of(Dialect::Mysql, Flavour::Mariadb);

#[test]
fn long_columns_have_their_defaults_in_parentheses_on_mysql() {
    let data = column("data", SqlType::Json).default_sql("'{}'");
    let bio = text("bio").null().default_sql("NULL");
    let after = schema(vec![table("users", vec![id(), data, bio])]);
    let mysql = sql(&Schema::EMPTY, &after, MYSQL);
    assert!(mysql.contains("`data` JSON NOT NULL DEFAULT ('{}')"), "{mysql}");
    assert!(mysql.contains("`bio` TEXT NULL DEFAULT NULL"), "{mysql}");
    let mariadb = sql(&Schema::EMPTY, &after, MARIADB);
    assert!(mariadb.contains("`data` JSON NOT NULL DEFAULT '{}'"), "{mariadb}");
}

#[test]
fn what_names_a_renamed_column_is_made_again_on_mysql_alone() {
    let both = |column: Column, expr: &'static str, check: &'static str| {
        let generated = Some(Generated { expr: expr.into(), storage: Storage::Virtual });
        let twice = Column { generated, ..big("twice").null() };
        schema(vec![table("users", vec![id(), column, twice]).check("positive", check)])
    };
    let before = both(big("a"), "a * 2", "a > 0");
    let after = both(big("b").was("a"), "b * 2", "b > 0");
    assert_eq!(
        sql(&before, &after, MARIADB),
        "-- users: rename a to b\nALTER TABLE `users` RENAME COLUMN `a` TO `b`;\n"
    );
    let mysql = sql(&before, &after, MYSQL);
    for clause in ["DROP CHECK `positive`", "DROP COLUMN `twice`", "ADD CONSTRAINT `positive`"] {
        assert!(mysql.contains(clause), "{mysql}");
    }
}

#[test]
fn an_old_server_renames_by_saying_all_of_the_column() {
    let old = Target { minimum: (10, 4, 0), ..MARIADB };
    let before = schema(vec![table("users", vec![id(), big("a")]).index(&["a"])]);
    let after = schema(vec![table("users", vec![id(), big("b").was("a")]).index(&["b"])]);
    let sql = sql(&before, &after, old);
    assert!(sql.contains("CHANGE COLUMN `a` `b` BIGINT NOT NULL"), "{sql}");
    assert!(sql.contains("DROP INDEX `users_a_idx`"), "{sql}");
    assert!(sql.contains("ADD INDEX `users_b_idx` (`b`)"), "{sql}");
}
