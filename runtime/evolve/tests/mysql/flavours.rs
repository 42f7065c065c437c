use diesel_autogen_evolve::{Dialect, Target};
use diesel_autogen_schema::testing::{big, column, id, one_of, schema, table, text};
use diesel_autogen_schema::{Action, Column, Flavour, Generated, Live, Schema, SqlType, Storage};

use crate::harness::{Story, planned_for};

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
        "-- users: rename a to b\n\
         -- so that expressions follow the rename: the server opens the table anew\n\
         ALTER TABLE `users` ENABLE KEYS;\n\
         ALTER TABLE `users` RENAME COLUMN `a` TO `b`;\n"
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

fn varchar(name: &str, length: u32) -> Column {
    column(name, SqlType::Text { max_length: Some(length) })
}

/// Two tables that are changed in every way in which the servers differ.
fn shop() -> (Schema, Schema) {
    let computed = |expr: &'static str| {
        let generated = Some(Generated { expr: expr.into(), storage: Storage::Stored });
        Column { generated, ..big("total").null() }
    };
    let customers = || table("customers", vec![id(), varchar("name", 80)]);
    let orders = |columns: Vec<Column>| table("orders", [vec![id()], columns].concat());
    let before = vec![
        customers(),
        orders(vec![
            one_of("state", &["open", "paid"]).default_sql("'open'"),
            big("price"),
            computed("price * 2"),
            varchar("note", 40).null(),
        ])
        .index(&["price"])
        .check("orders_price_check", "price > 0"),
    ];
    let backfill = Some("(SELECT MIN(id) FROM customers)".into());
    let after = vec![
        customers().and(column("data", SqlType::Json).default_sql("'{}'")).unique(&["name"]),
        orders(vec![
            one_of("state", &["open", "paid", "sent"]).default_sql("'open'"),
            big("amount").was("price"),
            computed("amount * 2"),
            Column { comment: Some("for the customer".into()), ..varchar("note", 300) }
                .default_sql("''"),
            Column { backfill, ..big("customer_id") },
        ])
        .index(&["amount"])
        .check("orders_price_check", "amount > 0")
        .references("customer_id", "customers", Action::Cascade),
    ];
    (schema(before), schema(after))
}

#[test]
fn both_flavours_are_told_what_they_understand() {
    let (before, after) = shop();
    for (flavour, target) in [("mysql", MYSQL), ("mariadb", MARIADB)] {
        let made = planned_for(&Schema::EMPTY, &before, &Live::default(), target);
        let plan = planned_for(&before, &after, &Live::default(), target);
        let all = [("made", made.up_sql()), ("up", plan.up_sql()), ("down", plan.down_sql())];
        let text: String =
            all.iter().map(|(what, sql)| format!("==== {what} ====\n{sql}\n")).collect();
        insta::assert_snapshot!(flavour, text);
    }
}

#[test]
fn what_is_told_to_mariadb_runs_there() {
    let (before, after) = shop();
    let seed = "INSERT INTO customers (name) VALUES ('Ann'); \
        INSERT INTO orders (price, note) VALUES (2, NULL), (3, 'x')";
    let Some(story) = Story::new(before, after, seed) else { return };
    story.round();
    let rows = "SELECT state, amount, total, note, customer_id FROM orders ORDER BY id";
    assert_eq!(story.db.rows(rows), ["open|2|4||1", "open|3|6|x|1"]);
}
