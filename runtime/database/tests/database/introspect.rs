use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use diesel_autogen_database::Value;
use diesel_autogen_database::sqlite::{Scratch, enum_labels, introspect};
use diesel_autogen_schema::{
    Action, Column, Custom, Deferrable, Identity, Live, ObjectKind, Order, SqlType, Storage, Table,
};

use crate::nasty::EVERYTHING;

fn live(sql: &str) -> Live {
    let mut scratch = Scratch::new().unwrap();
    scratch.execute(sql, true).unwrap();
    scratch.live().unwrap()
}

fn table<'a>(live: &'a Live, name: &str) -> &'a Table {
    live.schema.table(name).unwrap_or_else(|| panic!("no table {name}"))
}

fn column<'a>(table: &'a Table, name: &str) -> &'a Column {
    table.column(name).unwrap_or_else(|| panic!("no column {name}"))
}

#[test]
fn tables_are_found_and_the_runners_own_is_not() {
    let live = live(EVERYTHING);
    let names: Vec<&str> = live.schema.tables.iter().map(|table| &*table.name).collect();
    assert_eq!(names, ["lines", "my \"users\"", "pairs", "teams"]);
    let objects: Vec<(ObjectKind, &str, &str)> =
        live.objects.iter().map(|it| (it.kind, &*it.name, &*it.table)).collect();
    assert_eq!(
        objects,
        [
            (ObjectKind::View, "busy", "busy"),
            (ObjectKind::Trigger, "log_team", "teams"),
            (ObjectKind::VirtualTable, "notes", "notes"),
        ]
    );
    assert!(live.objects[1].sql.ends_with("END"), "{}", live.objects[1].sql);
}

#[test]
fn both_connections_tell_the_same() {
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    conn.batch_execute(EVERYTHING).unwrap();
    assert_eq!(introspect(&mut conn).unwrap(), live(EVERYTHING));
}

#[test]
fn columns_keep_type_default_collation_and_generation() {
    let live = live(EVERYTHING);
    let users = table(&live, "my \"users\"");
    assert_eq!(users.primary_key[..], ["order"]);
    assert_eq!(column(users, "order").identity, Some(Identity::ByDefault));
    assert!(!column(users, "order").nullable);

    let mail = column(users, "e mail");
    assert_eq!(mail.sql_type, SqlType::Text { max_length: Some(120) });
    assert_eq!(mail.default.as_ref().unwrap().as_str(), "'it''s (not) closed'");
    assert_eq!(mail.collation.as_deref(), Some("NOCASE"));
    assert!(!mail.nullable);

    let score = column(users, "score");
    assert_eq!(score.sql_type, SqlType::Numeric { precision: Some(10), scale: Some(2) });
    assert_eq!(score.default.as_ref().unwrap().as_str(), "-5");
    assert!(score.nullable);
    let state = column(users, "state");
    assert_eq!(state.default.as_ref().unwrap().as_str(), "upper('new')");
    assert_eq!(column(users, "made").default.as_ref().unwrap().as_str(), "CURRENT_TIMESTAMP");
    assert_eq!(column(users, "größe").sql_type, SqlType::Double);

    let twice = column(users, "twice").generated.as_ref().unwrap();
    assert_eq!((twice.expr.as_str(), twice.storage), ("score * 2", Storage::Virtual));
    let loud = column(users, "loud");
    let generated = loud.generated.as_ref().unwrap();
    assert_eq!((generated.expr.as_str(), generated.storage), ("upper(state)", Storage::Stored));
    assert!(!loud.nullable);
    assert_eq!(
        column(table(&live, "teams"), "id").identity,
        Some(Identity::Autoincrement),
        "AUTOINCREMENT"
    );
}

#[test]
fn constraints_keep_names_texts_and_actions() {
    let live = live(EVERYTHING);
    let users = table(&live, "my \"users\"");
    let checks: Vec<(&str, &str)> =
        users.checks.iter().map(|check| (&*check.name, check.expr.as_str())).collect();
    assert_eq!(
        checks,
        [
            ("my \"users\"_e mail_check", "length([e mail]) > 2"),
            ("my \"users\"_score_check", "score > -10 AND score < 1e3"),
            ("my \"users\"_state_check", "state IN ('NEW', 'o''ld')"),
            ("sum (of)", "score + \"größe\" < 100 OR state <> ')'"),
        ]
    );
    assert_eq!(
        enum_labels(users, "state"),
        Some((vec!["NEW".to_owned(), "o'ld".to_owned()], "my \"users\"_state_check".to_owned()))
    );
    assert_eq!(enum_labels(users, "score"), None);

    let team = &users.foreign_keys[0];
    assert_eq!((&team.columns[..], &*team.table), (&["team".into()][..], "teams"));
    assert_eq!(team.references[..], ["id"], "the primary key that is not named");
    assert_eq!((team.on_delete, team.on_update), (Action::SetNull, Action::Cascade));
    assert_eq!(team.deferrable, Deferrable::InitiallyDeferred);
    assert_eq!(&*team.name, "my \"users\"_team_fkey");

    let lines = table(&live, "lines");
    let [itself, pairs] = &lines.foreign_keys[..] else { panic!("{:?}", lines.foreign_keys) };
    assert_eq!((&*itself.name, &*itself.table), ("lines_parent_fkey", "lines"));
    assert_eq!((&*pairs.name, pairs.on_delete), ("to_pairs", Action::Restrict));
    assert_eq!(
        (&pairs.columns[..], &pairs.references[..]),
        (&["pb".into(), "pa".into()][..], &["b".into(), "a".into()][..])
    );
}

#[test]
fn unnamed_constraints_of_one_column_get_names_of_their_own() {
    let live = live(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT CHECK (a > 0) CHECK (a < 9), b INT,
        CHECK (a < b), CHECK (a <> b))",
    );
    let names: Vec<&str> = live.schema.tables[0].checks.iter().map(|it| &*it.name).collect();
    assert_eq!(names, ["t_a_check", "t_a_check1", "t_check", "t_check1"]);
}

#[test]
fn uniques_and_indexes_are_told_apart() {
    let live = live(EVERYTHING);
    let users = table(&live, "my \"users\"");
    let uniques: Vec<(&str, String)> =
        users.uniques.iter().map(|it| (&*it.name, it.columns.join(","))).collect();
    assert_eq!(
        uniques,
        [
            ("one_made", "made".to_owned()),
            ("sqlite_autoindex_my \"users\"_1", "e mail".to_owned()),
            ("sqlite_autoindex_my \"users\"_2", "team,state".to_owned()),
        ]
    );
    let [collated, lowered, plain] = &users.indexes[..] else { panic!("{:?}", users.indexes) };
    assert_eq!(collated.keys[0].expr.as_str(), "state COLLATE NOCASE");
    assert!(!collated.keys[0].is_column && !collated.unique);
    assert_eq!(lowered.keys[0].expr.as_str(), "lower([e mail])");
    assert!(!lowered.keys[0].is_column && lowered.unique);
    assert_eq!((lowered.keys[1].expr.as_str(), lowered.keys[1].order), ("größe", Order::Desc));
    assert!(lowered.keys[1].is_column);
    assert_eq!(lowered.predicate.as_ref().unwrap().as_str(), "score IS NOT NULL");
    assert_eq!(
        plain.keys.iter().map(|key| key.order).collect::<Vec<_>>(),
        [Order::Asc, Order::Desc]
    );
}

#[test]
fn strict_tables_without_rowid_and_foreign_types() {
    let live = live(EVERYTHING);
    let pairs = table(&live, "pairs");
    assert!(pairs.strict && pairs.without_rowid);
    assert_eq!(pairs.primary_key[..], ["b", "a"]);
    assert_eq!(
        pairs.columns.iter().map(|it| &*it.name).collect::<Vec<_>>(),
        ["b", "a", "c", "d", "e"]
    );
    let lines = table(&live, "lines");
    assert_eq!(column(lines, "id").identity, None, "BIGINT is no rowid");
    assert_eq!(
        column(lines, "ip").sql_type,
        SqlType::Custom(Custom { name: "Inet".into(), sql: "INET".into() })
    );
    let types =
        ["flag", "small", "day", "at"].map(|name| column(lines, name).sql_type.diesel_name());
    assert_eq!(types, ["Bool", "SmallInt", "Date", "Time"]);
}

#[test]
fn rowid_keys_are_told_as_sqlite_has_them() {
    let live = live(
        "CREATE TABLE a (id INTEGER, n INT, PRIMARY KEY (id DESC));
         CREATE TABLE b (id INTEGER PRIMARY KEY DESC, n INT);
         CREATE TABLE c (id INTEGER PRIMARY KEY) WITHOUT ROWID;
         CREATE TABLE d (id INT PRIMARY KEY);",
    );
    let identities: Vec<Option<Identity>> =
        live.schema.tables.iter().map(|table| table.columns[0].identity).collect();
    assert_eq!(identities, [Some(Identity::ByDefault), None, None, None]);
}

/// What the pragmas say is the measure of what the texts say.
#[test]
fn the_pragmas_agree() {
    let mut scratch = Scratch::new().unwrap();
    scratch.execute(EVERYTHING, true).unwrap();
    // Texts that ALTER TABLE has patched.
    scratch
        .execute(
            r#"ALTER TABLE teams ADD COLUMN "check" TEXT DEFAULT ('a' || 'b') CHECK ("check" <> '');
               ALTER TABLE lines RENAME COLUMN pa TO "default";
               ALTER TABLE pairs RENAME TO "as (x)";
               CREATE TABLE made AS SELECT id, name AS "na me" FROM teams;"#,
            true,
        )
        .unwrap();
    assert_eq!(agree(&mut scratch), 3 + 9 + 5 + 9 + 2);
}

/// Definitions that SQLite takes, however odd.
#[test]
fn the_pragmas_agree_on_odd_definitions() {
    for sql in [
        "CREATE TABLE t(a INT /* ) , ( */ DEFAULT(1)--x\n, b)",
        "CREATE TABLE \"t (x)\" ('it''s' TEXT DEFAULT 'a''(b' NOT NULL ON CONFLICT IGNORE, [b \"c] INT)",
        "CREATE TABLE \"\" (\"\" INT, \"\"\"\" INT, `x``y` INT, a \"my type\" DEFAULT +5)",
        "CREATE TABLE t (a INTEGER, b DEFAULT abc, c DEFAULT \"d e\", d DEFAULT -.5e-3, PRIMARY KEY (a COLLATE NOCASE DESC))",
        "CREATE TABLE t (a, b GENERATED ALWAYS AS (a ->> '$.x' || CASE WHEN a THEN ')' END) STORED, c AS (a) UNIQUE)",
        "CREATE TABLE t (a INT CONSTRAINT x CONSTRAINT y NOT NULL CONSTRAINT z DEFAULT 0x10, CHECK (a IS NOT DISTINCT FROM 1_000))",
        "CREATE TABLE t (a INT REFERENCES p MATCH FULL ON DELETE SET DEFAULT NOT DEFERRABLE INITIALLY IMMEDIATE DEFAULT 3, FOREIGN KEY (a) REFERENCES q (x))",
        "CREATE TABLE t (a INT NULL, b VARCHAR ( 10 ) COLLATE \"nocase\" DEFAULT (b'') )"
            .replace("b''", "x''")
            .as_str(),
        "CREATE TABLE t (key INT, \"default\" INT DEFAULT 1, \"check\" INT CHECK (\"check\" > 0), \"as\" INT, rowid TEXT)",
        "CREATE TABLE t (a INT, UNIQUE (a) CHECK (a > 1) CHECK (a < (9)))",
        "CREATE TABLE t (a INT DEFAULT CURRENT_DATE, b INT DEFAULT (strftime('%s', 'now')), c DEFAULT NULL, d DEFAULT TRUE) -- end",
        "CREATE TEMP TABLE other (a INT); CREATE TABLE IF NOT EXISTS main . t (a INT PRIMARY KEY ON CONFLICT REPLACE) WITHOUT ROWID",
        "CREATE TABLE t (a DECIMAL(10,2), b DOUBLE PRECISION, c UNSIGNED BIG INT(8), d NATIVE CHARACTER(70), e \"\")",
    ] {
        let mut scratch = Scratch::new().unwrap();
        scratch.execute(sql, false).unwrap_or_else(|error| panic!("{error}"));
        assert!(agree(&mut scratch) > 0, "{sql}");
        assert!(!scratch.dump().unwrap().to_string().is_empty(), "{sql}");
    }
}

/// Compares every table with the pragmas; returns how many columns there are.
fn agree(scratch: &mut Scratch) -> usize {
    let live = scratch.live().unwrap();
    let mut seen = 0;
    for table in &live.schema.tables[..] {
        let name = table.name.replace('\'', "''");
        let rows = scratch
            .rows(&format!(
                "SELECT name, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo('{name}')"
            ))
            .unwrap();
        assert_eq!(rows.len(), table.columns.len(), "{}", table.name);
        for row in rows {
            let column = column(table, row[0].as_text().unwrap());
            let place = table.primary_key.iter().position(|key| *key == column.name);
            assert_eq!(row[3].as_integer().unwrap(), place.map_or(0, |at| at as i64 + 1));
            assert_eq!(column.nullable, row[1] == Value::Integer(0) && place.is_none());
            // NULL is what a column without a default has.
            let default = row[2].as_text().filter(|it| !it.eq_ignore_ascii_case("null"));
            assert_eq!(column.default.as_ref().map(|it| it.as_str()), default);
            let hidden = match column.generated.as_ref().map(|it| it.storage) {
                None => 0,
                Some(Storage::Virtual) => 2,
                Some(Storage::Stored) => 3,
            };
            assert_eq!(row[4], Value::Integer(hidden), "{}.{}", table.name, column.name);
            seen += 1;
        }
        let keys = scratch
            .rows(&format!(
                "SELECT \"table\", group_concat(\"from\", '|'), on_delete FROM \
                 (SELECT * FROM pragma_foreign_key_list('{name}') ORDER BY id, seq) GROUP BY id"
            ))
            .unwrap();
        let mut told: Vec<String> = keys
            .iter()
            .map(|row| {
                format!(
                    "{}({}) {}",
                    row[0].as_text().unwrap(),
                    row[1].as_text().unwrap(),
                    row[2].as_text().unwrap()
                )
            })
            .collect();
        let mut found: Vec<String> = table
            .foreign_keys
            .iter()
            .map(|key| {
                let action = key.on_delete.name().replace('_', " ").to_uppercase();
                format!("{}({}) {action}", key.table, key.columns.join("|"))
            })
            .collect();
        told.sort();
        found.sort();
        assert_eq!(told, found, "{}", table.name);
    }
    seen
}

#[test]
fn a_definition_that_cannot_be_read_is_told_by_name() {
    let mut scratch = Scratch::new().unwrap();
    scratch
        .execute(
            "CREATE TABLE odd (id INTEGER PRIMARY KEY);
             PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = 'CREATE TABLE odd (id INTEGER PRIMARY' WHERE name = 'odd';
             PRAGMA writable_schema = OFF;",
            false,
        )
        .unwrap();
    let message = scratch.live().unwrap_err().to_string();
    assert!(message.starts_with("cannot understand the definition of table `odd`: "), "{message}");
}

#[test]
fn null_is_no_default() {
    let live =
        live("CREATE TABLE t (a TEXT DEFAULT NULL, b TEXT DEFAULT (null), c TEXT DEFAULT 'NULL')");
    let defaults = table(&live, "t").columns.iter().map(|it| it.default.is_some());
    assert_eq!(defaults.collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn what_is_written_otherwise_than_facts_are_rendered_is_remembered() {
    let live = live(
        "CREATE TABLE plain (id INTEGER PRIMARY KEY, a text, b BIGINT REFERENCES plain (id));
         CREATE TABLE Odd (id INTEGER PRIMARY KEY, a UNSIGNED BIG INT, b, c VARCHAR(20) CHECK (c > ''),
            d BIGINT, e BIGINT, CHECK (d > 0), FOREIGN KEY (e) REFERENCES plain (id));",
    );
    assert_eq!(live.written("plain"), None);
    let odd = live.written("ODD").expect("it is odd");
    let types: Vec<String> = odd.types.iter().map(|(name, of)| format!("{name} {of}")).collect();
    assert_eq!(types, ["a UNSIGNED BIG INT", "b ", "c VARCHAR(20)"]);
    assert_eq!(odd.apart, ["d", "e"]);
}
