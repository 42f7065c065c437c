use diesel_autogen_evolve::HazardCode;
use diesel_autogen_schema::testing::{big, column, id, schema, table, text};
use diesel_autogen_schema::{
    Action, Deferrable, Excluded, Exclusion, Extra, Extras, ForeignKey, IndexKey, PgType, RangeOf,
    Schema, SqlType, Table, Text, Unique,
};

use crate::harness::Story;

fn rounds(cases: Vec<(Schema, Schema)>, seed: &str, look: (&[&str], &str), rows: &[&str]) {
    for (before, after) in cases {
        let Some(mut story) = Story::new(before, after, seed) else { return };
        story.round();
        assert_eq!(story.db.rows(look.0, look.1), rows);
    }
}

/// Both ways.
fn both(one: Table, other: Table) -> Vec<(Schema, Schema)> {
    let (one, other) = (schema(vec![one]), schema(vec![other]));
    vec![(one.clone(), other.clone()), (other, one)]
}

fn items() -> Table {
    table("items", vec![id(), text("a"), text("b").null(), big("n").default_sql("1")])
}

const SEED: &str = "INSERT INTO items (a, b) VALUES ('a1', 'b1'), ('a2', NULL)";

fn unique(columns: &[&str], name: &str, extras: Vec<Extra>) -> Unique {
    let own = |it: &&str| Text::from((*it).to_owned());
    Unique {
        name: name.to_owned().into(),
        columns: columns.iter().map(own).collect(),
        extras: extras.into(),
    }
}

fn with_unique(rule: Unique) -> Table {
    let mut table = items();
    table.uniques.to_mut().push(rule);
    table
}

#[test]
fn uniques_come_go_and_change() {
    let plain = || with_unique(unique(&["a"], "items_a_key", vec![]));
    let mut cases = both(items(), plain());
    for other in [
        unique(&["a", "b"], "items_a_key", vec![]),
        unique(&["a"], "items_other_key", vec![]),
        unique(&["a"], "items_a_key", vec![Extra::Deferrable(Deferrable::InitiallyDeferred)]),
        unique(&["a"], "items_a_key", vec![Extra::Deferrable(Deferrable::InitiallyImmediate)]),
        unique(&["a"], "items_a_key", vec![Extra::Include(vec!["b".into()].into())]),
        unique(&["a"], "items_a_key", vec![Extra::With("fillfactor".into(), "70".into())]),
        unique(&["a"], "items_a_key", vec![Extra::Comment("it's a remark".into())]),
    ] {
        cases.extend(both(plain(), with_unique(other)));
    }
    rounds(cases, SEED, (&["a"], "items ORDER BY id"), &["a1", "a2"]);
}

#[test]
fn a_unique_of_another_name_is_renamed_not_made_again() {
    let before = schema(vec![with_unique(unique(&["a"], "u1", vec![]))]);
    let after = schema(vec![with_unique(unique(&["a"], "u2", vec![]))]);
    let Some(mut story) = Story::new(before, after, SEED) else { return };
    let plan = story.round();
    assert_eq!(
        plan.up_sql(),
        "-- items: rename u1 to u2\nALTER TABLE items RENAME CONSTRAINT u1 TO u2;\n"
    );
    assert_eq!(plan.hazards().count(), 0);
}

#[test]
fn null_counts_as_a_value_where_the_server_can() {
    let extras = vec![Extra::NullsNotDistinct];
    let (before, after) =
        (schema(vec![items()]), schema(vec![with_unique(unique(&["b"], "k", extras))]));
    let Some(mut story) = Story::new(before, after, SEED) else { return };
    story.target.minimum = (15, 0, 0);
    story.up();
    assert!(story.db.try_run("INSERT INTO items (a) VALUES ('a3')").is_err());
}

#[test]
fn checks_come_go_and_change() {
    let with = |name: &str, sql: &str| items().check(name, sql);
    let mut cases = both(items(), with("items_a_check", "a <> ''"));
    cases.extend(both(with("c", "a <> ''"), with("c", "length(a) > 1")));
    cases.extend(both(with("c", "a <> ''"), with("d", "a <> ''")));
    cases.extend(both(with("c", "n > 0 OR a IS NULL"), with("d", "n > 0 -- note")));
    rounds(cases, SEED, (&["a"], "items ORDER BY id"), &["a1", "a2"]);
}

#[test]
fn a_check_that_rows_break_stops_the_migration_whole() {
    let (before, after) = (
        schema(vec![items()]),
        schema(vec![items().and(text("c").null()).check("c", "a = 'never'")]),
    );
    let Some(mut story) = Story::new(before, after, SEED) else { return };
    let plan = crate::harness::planned(&story.before, &story.after, &story.live);
    assert!(plan.hazards().any(|it| it.code.may_fail()));
    let there = story.db.structure();
    assert!(story.db.file(&plan.up_sql(), plan.transaction).is_err());
    assert_eq!(story.db.structure(), there);
}

#[test]
fn exclusions_come_go_and_change() {
    let stay = || {
        let range = SqlType::Pg(PgType::Range(RangeOf::Ts));
        table("stays", vec![id(), column("during", range)])
    };
    let rule = |name: &str, predicate: Option<&'static str>, extras: Vec<Extra>| {
        let mut table = stay();
        let mut all = vec![Extra::Method("gist".into())];
        all.extend(extras);
        table.exclusions.to_mut().push(Exclusion {
            name: name.to_owned().into(),
            elements: vec![Excluded {
                key: IndexKey::column("during".into()),
                operator: "&&".into(),
            }]
            .into(),
            predicate: predicate.map(Into::into),
            extras: all.into(),
        });
        table
    };
    let plain = || rule("stays_during_excl", None, vec![]);
    let mut cases = both(stay(), plain());
    cases.extend(both(plain(), rule("stays_during_excl", Some("id > 1"), vec![])));
    cases.extend(both(plain(), rule("other", None, vec![])));
    let deferred = vec![Extra::Deferrable(Deferrable::InitiallyDeferred)];
    cases.extend(both(plain(), rule("stays_during_excl", None, deferred)));
    let seed = "INSERT INTO stays (during) VALUES ('[2020-01-01, 2020-01-02)')";
    rounds(cases, seed, (&["id"], "stays"), &["1"]);
}

fn reference(on_delete: Action, deferrable: Deferrable, extras: Vec<Extra>) -> ForeignKey {
    ForeignKey {
        name: "c_p_fkey".into(),
        columns: vec!["a".into(), "b".into()].into(),
        schema: None,
        table: "p".into(),
        references: vec!["x".into(), "y".into()].into(),
        on_delete,
        on_update: Action::NoAction,
        deferrable,
        extras: extras.into(),
    }
}

fn family(key: Option<ForeignKey>) -> Schema {
    let p = table("p", vec![id(), big("x"), big("y")]).unique(&["x", "y"]);
    let mut c = table("c", vec![id(), big("a").null().default_sql("1"), big("b").null()]);
    c.foreign_keys.to_mut().extend(key);
    schema(vec![p, c])
}

#[test]
fn foreign_keys_come_go_and_change() {
    use Action::{Cascade, NoAction, Restrict, SetDefault, SetNull};
    use Deferrable::{InitiallyDeferred, InitiallyImmediate, No};
    let plain = || Some(reference(NoAction, No, vec![]));
    let others = [
        None,
        Some(reference(Cascade, No, vec![])),
        Some(reference(Restrict, No, vec![])),
        Some(reference(SetNull, No, vec![])),
        Some(reference(SetDefault, No, vec![])),
        Some(ForeignKey { on_update: Cascade, ..reference(NoAction, No, vec![]) }),
        Some(reference(NoAction, InitiallyDeferred, vec![])),
        Some(reference(NoAction, InitiallyImmediate, vec![])),
        Some(reference(NoAction, No, vec![Extra::MatchFull])),
        Some(reference(SetNull, No, vec![Extra::SetColumns(vec!["b".into()].into())])),
        Some(reference(NoAction, No, vec![Extra::Comment("so".into())])),
        Some(ForeignKey { name: "other".into(), ..reference(NoAction, No, vec![]) }),
    ];
    let mut cases = Vec::new();
    for other in others {
        cases.push((family(plain()), family(other.clone())));
        cases.push((family(other), family(plain())));
    }
    let seed = "INSERT INTO p (x, y) VALUES (1, 2); INSERT INTO c (a, b) VALUES (1, 2)";
    for (before, after) in cases {
        let Some(mut story) = Story::new(before, after, seed) else { return };
        story.target.minimum = (15, 0, 0);
        story.round();
        assert_eq!(story.db.rows(&["a", "b"], "c"), ["1|2"]);
    }
}

#[test]
fn a_key_and_what_refers_to_it_go_in_the_right_order() {
    let p = |unique: bool| {
        let table = table("p", vec![id(), text("code")]);
        if unique { table.unique(&["code"]) } else { table }
    };
    let c = |key: bool| {
        let mut table = table("c", vec![id(), text("code")]);
        if key {
            table = table.references("code", "p", Action::NoAction);
            table.foreign_keys.to_mut()[0].references = vec!["code".into()].into();
        }
        table
    };
    let with = schema(vec![p(true), c(true)]);
    let without = schema(vec![p(false), c(false)]);
    let seed = "INSERT INTO p (code) VALUES ('a'); INSERT INTO c (code) VALUES ('a')";
    rounds(vec![(with.clone(), without.clone()), (without, with)], seed, (&["code"], "c"), &["a"]);
}

#[test]
fn a_primary_key_changes_with_what_refers_to_it() {
    let p = |key: &[&str]| {
        let mut table = table("p", vec![id(), big("tenant").default_sql("7")]).unique(&["id"]);
        table.primary_key = key.iter().map(|it| Text::from((*it).to_owned())).collect();
        table
    };
    let c = table("c", vec![id(), big("p_id")]).references("p_id", "p", Action::NoAction);
    let with = |key: &[&str]| schema(vec![p(key), c.clone()]);
    let cases = vec![
        (with(&["id"]), with(&["tenant", "id"])),
        (with(&["tenant", "id"]), with(&["id", "tenant"])),
        (with(&["id"]), with(&[])),
        (with(&[]), with(&["id"])),
    ];
    let seed = "INSERT INTO p DEFAULT VALUES; INSERT INTO c (p_id) VALUES (1)";
    rounds(cases, seed, (&["p_id"], "c"), &["1"]);
}

#[test]
fn types_of_both_ends_of_a_reference_change_together() {
    let with = |of: SqlType| {
        let p = table("p", vec![column("id", of.clone())]);
        let c = table("c", vec![id(), column("p_id", of)]).references("p_id", "p", Action::Cascade);
        schema(vec![p, c])
    };
    let cases = vec![
        (with(SqlType::Integer), with(SqlType::BigInt)),
        (with(SqlType::BigInt), with(SqlType::Integer)),
        (with(SqlType::Integer), with(SqlType::TEXT)),
        (with(SqlType::TEXT), with(SqlType::Integer)),
    ];
    let seed = "INSERT INTO p VALUES ('1'); INSERT INTO c (p_id) VALUES ('1')";
    rounds(cases, seed, (&["p_id"], "c"), &["1"]);
}

#[test]
fn a_self_reference_moves_to_another_column() {
    let with = |column: &str| {
        let table = table("nodes", vec![id(), big("up").null(), big("over").null()]);
        schema(vec![table.references(column, "nodes", Action::SetNull)])
    };
    let seed = "INSERT INTO nodes (up, over) VALUES (1, 1)";
    rounds(vec![(with("up"), with("over"))], seed, (&["up", "over"], "nodes"), &["1|1"]);
}

#[test]
fn rows_wait_for_no_check_when_a_table_is_altered() {
    let with = |required: bool| {
        let p = table("p", vec![id()]);
        let mut owner = big("p_id");
        owner.nullable = !required;
        owner.backfill = required.then(|| "(SELECT min(id) FROM p)".into());
        let mut c = table("c", vec![id(), owner]).references("p_id", "p", Action::NoAction);
        c.foreign_keys.to_mut()[0].deferrable = Deferrable::InitiallyDeferred;
        schema(vec![p, c])
    };
    let seed = "INSERT INTO p DEFAULT VALUES; INSERT INTO c (p_id) VALUES (NULL)";
    rounds(vec![(with(false), with(true))], seed, (&["p_id"], "c"), &["1"]);
}

#[test]
fn storage_parameters_of_a_table_are_set_and_reset() {
    let with = |extras: Vec<Extra>| Table { extras: Extras::from(extras), ..items() };
    let fill = |value: &'static str| Extra::With("fillfactor".into(), value.into());
    let auto = Extra::With("autovacuum_enabled".into(), "false".into());
    let mut cases = both(with(vec![]), with(vec![fill("70")]));
    cases.extend(both(with(vec![fill("70")]), with(vec![fill("80"), auto])));
    rounds(cases, SEED, (&["a"], "items ORDER BY id"), &["a1", "a2"]);
}

#[test]
fn a_unique_index_becomes_a_rule_where_it_stands() {
    let rule = with_unique(unique(&["a", "b"], "items_pair", vec![]));
    for name in ["items_pair", "items_other"] {
        let mut index = items().index(&["a", "b"]);
        let own = &mut index.indexes.to_mut()[0];
        (own.name, own.unique) = (name.to_owned().into(), true);
        let (before, after) = (schema(vec![index]), schema(vec![rule.clone()]));
        let Some(mut story) = Story::new(before.clone(), after.clone(), SEED) else { return };
        let built = "pg_class WHERE relname IN ('items_pair', 'items_other')";
        let there = story.db.rows(&["oid", "relfilenode"], built);
        let plan = story.up();
        assert_eq!(story.db.rows(&["oid", "relfilenode"], built), there, "{}", plan.up_sql());
        assert!(plan.up_sql().contains("UNIQUE USING INDEX"), "{}", plan.up_sql());
        assert!(!plan.hazards().any(|it| it.code == HazardCode::TightensUnique));
        story.down_and_up(&plan);
        assert_eq!(story.db.rows(&["a"], "items ORDER BY id"), ["a1", "a2"]);
        let Some(mut story) = Story::new(after, before, SEED) else { return };
        let plan = story.round();
        assert!(plan.down_sql().contains("UNIQUE USING INDEX"), "{}", plan.down_sql());
    }
}

#[test]
fn a_key_whose_column_comes_back_empty_holds_of_no_row() {
    let parents = table("parents", vec![id()]);
    let child = table("children", vec![id(), big("parent_id").null()]).references(
        "parent_id",
        "parents",
        Action::NoAction,
    );
    let before = schema(vec![parents, child]);
    let after = schema(vec![table("children", vec![id()])]);
    let rows = "INSERT INTO parents DEFAULT VALUES; INSERT INTO children (parent_id) VALUES (1)";
    let Some(mut story) = Story::new(before, after, rows) else { return };
    let plan = story.round();
    let detail = |it: &diesel_autogen_evolve::Hazard| it.detail.contains("fails while");
    assert!(!plan.down_hazards().any(detail), "{}", plan.down_sql());
    assert!(!plan.down_hazards().any(|it| it.code == HazardCode::TightensForeignKey));
}
