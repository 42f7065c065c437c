use diesel_autogen_schema::testing::{big, id, one_of, schema, table, text};
use diesel_autogen_schema::{Action, Column, Identity, Live, Schema, SqlType, Table};

use crate::harness::{OLDEST, planned};

fn both(before: &Schema, after: &Schema) -> (String, String) {
    let plan = planned(before, after, &Live::default(), OLDEST);
    (plan.up_sql(), plan.down_sql())
}

#[test]
fn a_new_table_reads_as_a_person_writes_it() {
    let after = schema(vec![
        Table {
            strict: true,
            ..table("orders", vec![id(), big("team_id"), text("order").null()])
                .references("team_id", "teams", Action::Cascade)
                .check("orders_check", "id > 0 or team_id > 0")
                .index(&["order"])
                .unique(&["team_id", "order"])
        },
        table(
            "teams",
            vec![
                Column { identity: Some(Identity::Autoincrement), ..id() },
                one_of("kind", &["big", "small"]).default_sql("'small'"),
                Column::new("made".into(), SqlType::TIMESTAMP).default_sql("current_timestamp"),
            ],
        ),
    ]);
    let (up, down) = both(&Schema::EMPTY, &after);
    assert_eq!(
        up,
        "\
-- teams: create the table
CREATE TABLE teams (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL DEFAULT 'small' CHECK (kind IN ('big', 'small')),
    made TIMESTAMP NOT NULL DEFAULT current_timestamp
);

-- orders: create the table
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    \"order\" TEXT,
    team_id INTEGER NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    CHECK (id > 0 or team_id > 0)
) STRICT;
CREATE INDEX orders_order_idx ON orders (\"order\");
CREATE UNIQUE INDEX orders_team_id_order_key ON orders (team_id, \"order\");
"
    );
    assert_eq!(
        down,
        "\
-- loses data: orders (table dropped) [drops-table]
-- loses data: teams (table dropped) [drops-table]

-- orders: drop the table
DROP TABLE orders;

-- teams: drop the table
DROP TABLE teams;
"
    );
}

#[test]
fn a_rebuild_reads_in_the_order_of_its_steps() {
    let before = schema(vec![table("users", vec![id(), text("name"), big("n")]).index(&["name"])]);
    let after = schema(vec![table("users", vec![id(), text("name"), text("n")]).index(&["name"])]);
    let (up, _) = both(&before, &after);
    assert_eq!(
        up,
        "\
-- foreign keys off, so that no row goes with its parent; what is broken already does not count
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE autogen_violations AS
SELECT \"table\" AS child, rowid AS row, parent AS parent, count(*) AS broken
FROM pragma_foreign_key_check
GROUP BY 1, 2, 3;

-- users: change n from BIGINT to TEXT
CREATE TABLE autogen_new_users (
    id INTEGER PRIMARY KEY,
    n TEXT NOT NULL,
    name TEXT NOT NULL
);
INSERT OR ROLLBACK INTO autogen_new_users (id, n, name)
SELECT
    id,
    CAST(n AS TEXT),
    name
FROM users;
DROP TABLE users;
ALTER TABLE autogen_new_users RENAME TO users;
CREATE INDEX users_name_idx ON users (name);

-- fail, and undo everything, when a foreign key is broken now
CREATE TEMP TABLE autogen_guard (
    violations INTEGER CONSTRAINT no_new_foreign_key_violations CHECK (violations = 0)
);
INSERT OR ROLLBACK INTO temp.autogen_guard
SELECT count(*) FROM (
    SELECT \"table\" AS child, rowid AS row, parent AS parent, count(*) AS broken
    FROM pragma_foreign_key_check
    GROUP BY 1, 2, 3
) AS now
WHERE NOT EXISTS (
    SELECT 1 FROM temp.autogen_violations AS old
    WHERE old.child IS now.child AND old.row IS now.row
      AND old.parent IS now.parent AND old.broken >= now.broken
);
DROP TABLE temp.autogen_guard;
DROP TABLE temp.autogen_violations;
COMMIT;
PRAGMA foreign_keys = ON;
"
    );
}

#[test]
fn the_order_of_declarations_does_not_matter() {
    let a = || table("a", vec![id(), text("x"), big("y").null()]).index(&["x"]).index(&["y"]);
    let b = || table("b", vec![id(), big("a_id")]).references("a_id", "a", Action::Cascade);
    let mut shuffled = a();
    shuffled.columns.to_mut().reverse();
    shuffled.indexes.to_mut().reverse();
    let one = Schema::of(vec![a(), b()]);
    let other = Schema::of(vec![b(), shuffled]);
    assert_eq!(both(&Schema::EMPTY, &one), both(&Schema::EMPTY, &other));
    assert_eq!(both(&one, &Schema::EMPTY), both(&other, &Schema::EMPTY));
}

/// The comments above the statements of one change.
fn comments(before: Table, after: Table) -> Vec<String> {
    let (before, after) = (schema(vec![before]), schema(vec![after]));
    let (up, _) = both(&before, &after);
    let steps = up.lines().filter_map(|line| line.strip_prefix("-- t: "));
    steps.map(str::to_owned).collect()
}

#[test]
fn comments_say_what_happens() {
    let base = || table("t", vec![id(), big("n"), text("s").null()]);
    let with = |change: fn(&mut Table)| {
        let mut after = base();
        change(&mut after);
        comments(base(), after)
    };
    let column = |change: fn(&mut Column)| {
        let mut after = base();
        change(&mut after.columns.to_mut()[1]);
        comments(base(), after)
    };
    assert_eq!(
        with(|it| it.primary_key = vec!["id".into(), "n".into()].into()),
        ["make id, n the primary key"]
    );
    assert_eq!(with(|it| *it = it.clone().check("sane", "n > id")), ["add check sane"]);
    assert_eq!(with(|it| *it = it.clone().check("t_n_check", "n > 0")), ["add the check on n"]);
    let key = with(|it| *it = it.clone().references("n", "t", Action::Cascade));
    assert_eq!(key, ["add the foreign key of n"]);
    assert_eq!(with(|it| it.strict = true), ["make it STRICT"]);
    assert_eq!(with(|it| *it = it.clone().unique(&["n"])), ["add unique index t_n_key"]);
    assert_eq!(column(|it| it.default = Some("7".into())), ["let n default to 7"]);
    assert_eq!(column(|it| it.nullable = true), ["make n optional"]);
    assert_eq!(column(|it| it.collation = Some("NOCASE".into())), ["collate n by NOCASE"]);
    assert_eq!(
        column(|it| (it.sql_type, it.default) = (SqlType::Double, Some("0".into()))),
        ["change n from BIGINT to DOUBLE, let n default to 0"]
    );
    let kept = "the comment on n, nothing for SQLite to do";
    assert_eq!(column(|it| it.comment = Some("how many".into())), [kept]);
}

#[test]
fn the_order_of_labels_is_nothing_to_sqlite() {
    let t = |labels: &[&str]| table("t", vec![id(), one_of("state", labels)]);
    let told = comments(t(&["a", "b"]), t(&["b", "a"]));
    assert_eq!(told, ["the order of the labels of state, nothing for SQLite to do"]);
    assert_eq!(comments(t(&["a"]), t(&["b", "a"])), ["add label b to state"]);
}
