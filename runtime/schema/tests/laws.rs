//! The laws of the diff, the replay and the text forms, on facts alone.

use diesel_autogen_schema::change::{follow, hinted};
use diesel_autogen_schema::diff::invert;
use diesel_autogen_schema::drift::differences;
use diesel_autogen_schema::snapshot::{
    Snapshot, read, read_beside, read_records, write, write_records,
};
use diesel_autogen_schema::testing::{
    big, changes_without_hints, column, hinted_back, id, name_is_taken_over, names_move, one_of,
    schema, table, text, without_hints,
};
use diesel_autogen_schema::{
    Action, Change, Column, Custom, Deferrable, Delta, DiffError, Edit, Enum, Excluded, Exclusion,
    Expr, Extra, Extras, Generated, Identity, Index, IndexKey, Label, MyType, Order, PgType, Place,
    RangeOf, Record, Schema, Size, SqlType, Storage, Width, diff, replay,
};
use toml::de::{DeArray, DeTable, DeValue};

fn users() -> diesel_autogen_schema::Table {
    table("users", vec![id(), text("email"), text("name").null()])
}

/// A table with every fact that there is.
fn everything() -> Schema {
    let mut all = table("we\"ird 'täble'", vec![id(), text("e mail").default_sql("'it''s'")])
        .and(Column {
            generated: Some(Generated {
                expr: Expr::from("lower(\"e mail\")"),
                storage: Storage::Stored,
            }),
            collation: Some("NOCASE".into()),
            comment: Some("line one\nline \\ two \"quoted\" 'too'".into()),
            ..text("lowered").null()
        })
        .and(one_of("role", &["admin", "it's"]))
        .and(column("price", SqlType::Numeric { precision: Some(12), scale: Some(2) }))
        .and(column("short", SqlType::Text { max_length: Some(5) }).was("long"))
        .and(column("place", SqlType::Custom(Custom { name: "Point".into(), sql: "TEXT".into() })))
        .and(big("team_id"))
        .index(&["short"])
        .unique(&["short", "role"])
        .check("price_positive", "price > 0")
        .references("team_id", "teams", Action::SetNull);
    all.indexes.to_mut().push(Index {
        name: "lowered".into(),
        keys: vec![
            IndexKey { order: Order::Desc, ..IndexKey::expression(Expr::from("lower(short)")) },
            IndexKey { order: Order::Desc, ..IndexKey::column("e mail".into()) },
            IndexKey {
                extras: vec![Extra::Collate("C".into()), Extra::NullsFirst].into(),
                ..IndexKey::column("desc".into())
            },
        ]
        .into(),
        unique: true,
        predicate: Some(Expr::from("price > 10")),
        extras: vec![
            Extra::Method("gist".into()),
            Extra::Include(vec!["role".into(), "e mail".into()].into()),
            Extra::With("fillfactor".into(), "70".into()),
            Extra::With("autosummarize".into(), "on".into()),
        ]
        .into(),
    });
    all.exclusions.to_mut().push(Exclusion {
        name: "no_overlap".into(),
        elements: vec![
            Excluded { key: IndexKey::column("role".into()), operator: "=".into() },
            Excluded {
                key: IndexKey {
                    extras: vec![Extra::Opclass("range_ops".into())].into(),
                    ..IndexKey::expression(Expr::from("tstzrange(a, b)"))
                },
                operator: "&&".into(),
            },
        ]
        .into(),
        predicate: Some(Expr::from("price > 10")),
        extras: vec![Extra::Deferrable(Deferrable::InitiallyDeferred)].into(),
    });
    for check in all.checks.to_mut() {
        check.extras = vec![Extra::Comment("because".into())].into();
    }
    for key in all.foreign_keys.to_mut() {
        key.extras =
            vec![Extra::MatchFull, Extra::SetColumns(vec!["team_id".into()].into())].into();
    }
    all.extras = vec![Extra::With("fillfactor".into(), "70".into())].into();
    all.strict = true;
    all.without_rowid = true;
    all.comment = Some("α".into());
    all.renamed_from = Some("old".into());
    let plain = table("teams", vec![Column { identity: Some(Identity::Autoincrement), ..id() }]);
    let mut away = table("teams", vec![types()[0].clone()]);
    away.schema = Some("auth.x".into());
    away.columns.to_mut().extend(types().into_iter().skip(1));
    away = away.references("t0", "teams", Action::Cascade);
    away.foreign_keys.to_mut()[0].schema = away.schema.clone();
    let dotted = table("auth.x.teams", vec![id()]);
    Schema {
        extensions: vec!["citext".into(), "pg_trgm".into()].into(),
        ..schema(vec![all, plain, away, dotted])
    }
}

/// A column of every type that only some engines have.
fn types() -> Vec<Column> {
    let state = Enum {
        schema: Some("auth.x".into()),
        comment: Some("of an order".into()),
        ..Enum::new("state", vec![Label { name: "open".into(), renamed_from: None }])
    };
    let pg = [
        PgType::Bpchar { length: Some(3) },
        PgType::Bpchar { length: None },
        PgType::CChar,
        PgType::Cidr,
        PgType::Citext,
        PgType::Inet,
        PgType::Interval,
        PgType::MacAddr,
        PgType::MacAddr8,
        PgType::Money,
        PgType::Multirange(RangeOf::Date),
        PgType::Oid,
        PgType::PgLsn,
        PgType::Range(RangeOf::Tstz),
        PgType::Timestamptz { precision: Some(3) },
        PgType::Timestamptz { precision: None },
        PgType::Uuid,
        PgType::Varchar,
    ];
    let all = pg.into_iter().map(SqlType::Pg).chain([
        SqlType::array(SqlType::Enum(state)),
        SqlType::array(SqlType::Timestamp { precision: Some(0) }),
        SqlType::Time { precision: Some(6) },
    ]);
    let mut columns: Vec<Column> =
        all.enumerate().map(|(at, ty)| column(&format!("t{at}"), ty)).collect();
    columns[0].identity = Some(Identity::Always);
    columns[0].extras = vec![Extra::Start(-5), Extra::Cycle].into();
    columns
}

fn snapshot(schema: Schema) -> Snapshot {
    Snapshot {
        backend: "sqlite".into(),
        head: vec!["20260101000000".into()],
        unmanaged: vec!["view v".into(), "trigger t on users".into()],
        schema,
    }
}

#[test]
fn a_snapshot_reads_back_as_it_was() {
    let mut before = snapshot(everything());
    let text = write(&before);
    before.unmanaged.sort();
    assert_eq!(read(&text).unwrap(), before, "{text}");
    assert_eq!(write(&read(&text).unwrap()), text);
}

#[test]
fn what_only_mysql_has_reads_back_and_replays() {
    let types = [
        MyType::TinyInt,
        MyType::Unsigned(Width::Tiny),
        MyType::Unsigned(Width::Big),
        MyType::Char { length: 2 },
        MyType::Text(Size::Tiny),
        MyType::Text(Size::Long),
        MyType::Binary { length: 16 },
        MyType::Varbinary { length: 255 },
        MyType::Blob(Size::Medium),
        MyType::Bit { length: 3 },
        MyType::Datetime { precision: None },
        MyType::Datetime { precision: Some(6) },
    ];
    let column = |(at, ty): (usize, &MyType)| {
        column(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"][at], SqlType::My(*ty))
    };
    let mut columns = vec![id()];
    columns.extend(types.iter().enumerate().map(column));
    columns[12].extras = vec![Extra::OnUpdateNow].into();
    let mut all = table("all", columns);
    all.extras = vec![Extra::Engine("MyISAM".into()), Extra::Collate("latin1_bin".into())].into();
    let key = IndexKey { extras: vec![Extra::Prefix(10)].into(), ..IndexKey::column("e".into()) };
    let extras = vec![Extra::Method("fulltext".into())].into();
    let keys = vec![key].into();
    all.indexes =
        vec![Index { name: "i".into(), keys, unique: false, predicate: None, extras }].into();
    let after = schema(vec![all]);
    let text = write(&snapshot(after.clone()));
    let read = read(&text).unwrap().schema;
    assert_eq!(read, after.clone().canonical(), "{text}");
    laws(&Schema::EMPTY, &after);
}

#[test]
fn what_is_retired_reads_back_and_replays_and_is_no_drift() {
    let mut bio = column("deprecated_bio", SqlType::Text { max_length: None });
    bio.extras = vec![Extra::Retired("bio".into())].into();
    let users = table("users", vec![id()]);
    let mut kept = users.clone();
    kept.columns.to_mut().push(bio);
    let mut posts = table("deprecated_posts", vec![id()]);
    posts.extras = vec![Extra::Retired("posts".into())].into();
    let after = schema(vec![kept, posts]);
    let text = write(&snapshot(after.clone()));
    assert!(text.contains("retired = \"bio\"") && text.contains("retired = \"posts\""), "{text}");
    assert_eq!(read(&text).unwrap().schema, after.clone().canonical(), "{text}");
    laws(&Schema::EMPTY, &after);
    let models = schema(vec![users]);
    laws(&models, &after);
    let changes = diff(&after, &models).unwrap();
    assert_eq!(changes.len(), 2);
    assert!(changes.iter().flat_map(differences).next().is_none(), "{changes:?}");
}

#[test]
fn a_snapshot_keeps_one_line_for_each_fact_and_no_order_of_declaration() {
    let mut shuffled = everything();
    shuffled.tables.to_mut().reverse();
    for table in shuffled.tables.to_mut() {
        table.columns.to_mut().reverse();
        table.indexes.to_mut().reverse();
    }
    let text = write(&snapshot(everything()));
    assert_eq!(write(&snapshot(shuffled)), text);
    assert!(
        text.lines().filter(|line| line.starts_with("column.")).count() == 10 + types().len(),
        "{text}"
    );
}

#[test]
fn tables_that_are_known_need_not_be_read() {
    let mut all = snapshot(everything().canonical().settled());
    all.unmanaged.sort();
    let text = write(&all);
    let schema = Schema { tables: Vec::new().into(), ..all.schema.clone() };
    let expected = Snapshot { schema, ..all.clone() };
    assert_eq!(read_beside(&text, &all.schema), Some(expected));
    // Whatever is not exactly the known tables after a head is for the reader.
    let mut fewer = all.schema.clone();
    fewer.tables.to_mut().remove(0);
    let mut other = all.schema.clone();
    other.extensions = vec!["other".into()].into();
    for schema in [&fewer, &other, &Schema::EMPTY] {
        assert_eq!(read_beside(&text, schema), None);
    }
    for (from, to) in [
        ("nullable = true", "nullable=true"),
        ("format = 1", "format = "),
        ("format = 1", "format = 1\nx = '''"),
        ("format = 1", "format = 1\n[table.more]"),
    ] {
        assert_eq!(read_beside(&text.replace(from, to), &all.schema), None);
    }
}

#[test]
fn a_snapshot_with_a_mistake_names_the_place() {
    let text = write(&snapshot(schema(vec![users()])));
    let broken = text.replace("nullable", "nulable");
    assert_eq!(
        read(&broken).unwrap_err().to_string(),
        "`table.users.column.name`: unknown key `nulable`"
    );
    let newer = text.replace("format = 1", "format = 99");
    assert!(read(&newer).unwrap_err().message.contains("newer"));
    assert!(read("<<<<<<< HEAD\n").unwrap_err().message.contains("conflict"));
    let unknown = text.replace("\"BigInt\"", "\"Bigint\"");
    assert!(read(&unknown).unwrap_err().message.contains("unknown type `Bigint`"));
}

/// Checks every law that needs no database, and gives the changes.
#[track_caller]
fn laws(before: &Schema, after: &Schema) -> Vec<Change> {
    assert_eq!(diff(before, before).unwrap(), [], "diff(x, x) is empty");
    assert_eq!(diff(after, after).unwrap(), [], "diff(x, x) is empty");
    let up = diff(before, after).unwrap();
    let inverted = invert(up.clone());
    match diff(&without_hints(after), &hinted_back(before, &up)) {
        Ok(down) => assert_eq!(
            changes_without_hints(down),
            changes_without_hints(inverted.clone()),
            "diff(b, a) is diff(a, b) inverted"
        ),
        Err(errors) => {
            assert!(name_is_taken_over(&up), "{errors:?}");
            assert!(errors.iter().all(|it| matches!(it, DiffError::Conflict { .. })), "{errors:?}");
        }
    }
    if !names_move(before, after, &up) {
        assert_eq!(diff(after, before).unwrap(), inverted, "without hints for the way back too");
    }
    assert_eq!(invert(inverted), up, "inverting twice changes nothing");

    let records: Vec<Record> = up.iter().map(Change::record).collect();
    let text = write_records("x.changes", &records);
    let value = DeTable::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let list = value.get_ref().get("x").and_then(|x| x.get_ref().get("changes"));
    let list = list.map_or_else(|| DeValue::Array(DeArray::new()), |list| list.get_ref().clone());
    assert_eq!(read_records("x.changes", list).unwrap(), records, "{text}");

    let (replayed, changes) = replay(before, &records).unwrap();
    let settled = after.clone().canonical().settled();
    assert_eq!(write(&snapshot(replayed.clone())), write(&snapshot(settled)));
    assert_eq!(changes.len(), up.len());
    let mut followed = before.clone().canonical();
    follow(&mut followed, &records).unwrap();
    assert_eq!(followed, replayed, "with the changes and without");
    assert_eq!(diff(&replayed, after).unwrap(), [], "a second diff finds nothing");
    let tidied = without_hints(after);
    assert_eq!(diff(&replayed, &tidied).unwrap(), [], "hints that were followed can go");
    up
}

#[test]
fn a_whole_schema_comes_and_goes() {
    let changes = laws(&Schema::EMPTY, &everything());
    assert_eq!(changes.len(), 4 + 2);
    laws(&everything(), &Schema::EMPTY);
}

#[test]
fn every_fact_of_a_table_makes_an_edit() {
    let before = everything();
    let mut after = everything();
    let mut tables = after.tables.to_mut().iter_mut();
    let table = tables.find(|table| table.strict).expect("it has everything");
    table.strict = false;
    table.without_rowid = false;
    table.comment = None;
    table.primary_key = vec!["short".into()].into();
    table.uniques = vec![].into();
    table.checks.to_mut()[0].expr = Expr::from("price >= 0");
    table.exclusions = vec![].into();
    table.extras = Extras::NONE;
    table.foreign_keys.to_mut()[0].on_delete = Action::Cascade;
    table.indexes.to_mut()[0].unique = false;
    table.columns.to_mut()[0].nullable = true;
    let changes = laws(&before, &after);
    let [Change::AlterTable(change)] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!(change.edits.len(), 11, "{:#?}", change.edits);
}

#[test]
fn layout_of_an_expression_is_no_difference() {
    let one = schema(vec![users().check("c", "length( name )>3")]);
    let two = schema(vec![users().check("c", "(LENGTH(name) > 3)")]);
    assert_eq!(diff(&one, &two).unwrap(), []);
    let three = schema(vec![users().check("c", "length(name) > 4")]);
    assert_eq!(laws(&one, &three).len(), 1);
}

#[test]
fn a_renamed_column_is_one_edit_and_is_spent_afterwards() {
    let before = schema(vec![users()]);
    let after = schema(vec![table(
        "users",
        vec![id(), text("email"), text("full_name").null().was("name")],
    )]);
    let changes = laws(&before, &after);
    let [Change::AlterTable(change)] = changes.as_slice() else { panic!("{changes:?}") };
    assert!(matches!(change.edits.as_slice(), [Edit::Column(Delta::Changed { .. })]));
    assert_eq!(change.column_renames(), [("name", "full_name")]);
}

#[test]
fn two_columns_swap_their_names_once() {
    let before = schema(vec![table("t", vec![id(), text("a"), big("b")])]);
    let after = schema(vec![table("t", vec![id(), big("a").was("b"), text("b").was("a")])]);
    let changes = laws(&before, &after);
    let [Change::AlterTable(change)] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!(change.edits.len(), 2);
}

#[test]
fn something_new_takes_the_name_that_a_rename_frees() {
    let before = schema(vec![table("t", vec![id(), text("name")])]);
    let after =
        schema(vec![table("t", vec![id(), text("name").null(), text("legal").was("name")])]);
    let changes = laws(&before, &after);
    let [Change::AlterTable(change)] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!(change.column_renames(), [("name", "legal")]);
    assert_eq!(change.edits.len(), 2);
}

#[test]
fn tables_swap_their_names_and_rename_with_edits() {
    let one = |name: &str| table(name, vec![id(), text("x")]);
    let two = |name: &str| table(name, vec![id(), big("y")]);
    let before = schema(vec![one("a"), two("b")]);
    let after = schema(vec![one("b").was("a"), two("a").was("b").and(text("z").null())]);
    assert_eq!(laws(&before, &after).len(), 2);
}

#[test]
fn a_table_rename_reaches_the_keys_that_point_to_it() {
    let child =
        |parent| table("books", vec![id(), big("by")]).references("by", parent, Action::Cascade);
    let before = schema(vec![users(), child("users")]);
    let mut people = users().was("users");
    people.name = "people".into();
    let after = schema(vec![people, child("people")]);
    let changes = laws(&before, &after);
    assert_eq!(changes.len(), 2);
    assert!(changes.iter().all(|change| matches!(change, Change::AlterTable(_))));
}

#[test]
fn a_key_to_a_name_that_another_table_takes_is_an_edit_although_it_reads_the_same() {
    let child = || table("books", vec![id(), big("by")]).references("by", "a", Action::Cascade);
    let before = schema(vec![table("a", vec![id()]), table("b", vec![id()]), child()]);
    let swapped = vec![table("a", vec![id()]).was("b"), table("b", vec![id()]).was("a"), child()];
    let changes = laws(&before, &schema(swapped));
    let books =
        changes.iter().find(|change| change.table() == Some(Place::plain("books"))).unwrap();
    let Change::AlterTable(books) = books else { panic!("{books:?}") };
    assert!(matches!(&books.edits[..], [Edit::ForeignKey(Delta::Changed { .. })]));
}

#[test]
fn a_key_to_a_name_that_another_column_takes_is_an_edit_although_it_reads_the_same() {
    let child = |to: &'static str| {
        let mut table =
            table("books", vec![id(), big("by")]).references("by", "a", Action::Cascade);
        table.foreign_keys.to_mut()[0].references = vec![to.into()].into();
        table
    };
    let parent = |x, y| table("a", vec![id(), big("x").was(x), big("y").was(y), big("z")]);
    let books = |to| {
        let before = schema(vec![table("a", vec![id(), big("x"), big("y"), big("z")]), child(to)]);
        let changes = laws(&before, &schema(vec![parent("y", "x"), child(to)]));
        let books = changes.into_iter().find(|it| it.table() == Some(Place::plain("books")));
        books.map(|it| match it {
            Change::AlterTable(it) => it.edits,
            other => panic!("{other:?}"),
        })
    };
    assert!(matches!(books("x").as_deref(), Some([Edit::ForeignKey(Delta::Changed { .. })])));
    assert_eq!(books("z"), None);
}

#[test]
fn a_table_moves_to_another_schema_and_back() {
    let at = |schema: Option<&'static str>| diesel_autogen_schema::Table {
        schema: schema.map(Into::into),
        ..users()
    };
    let child = |to: Option<&'static str>| {
        let mut table =
            table("books", vec![id(), big("by")]).references("by", "users", Action::Cascade);
        table.foreign_keys.to_mut()[0].schema = to.map(Into::into);
        table
    };
    let before = schema(vec![at(None), child(None)]);
    let moved = schema(vec![at(Some("auth")).was("public.users"), child(Some("auth"))]);
    let changes = laws(&before, &moved);
    assert!(changes.iter().all(|change| matches!(change, Change::AlterTable(_))), "{changes:#?}");
    assert_eq!(changes.len(), 2);
    // The name alone means the same schema, where there is no such table.
    let unsaid = schema(vec![at(Some("auth")).was("users"), child(Some("auth"))]);
    assert_eq!(diff(&before, &unsaid).unwrap().len(), 3);
    let elsewhere = schema(vec![at(Some("audit")).was("auth.users"), child(Some("audit"))]);
    assert_eq!(laws(&moved, &elsewhere).len(), 2);
}

#[test]
fn a_stale_hint_is_harmless_and_a_contradiction_is_refused() {
    let before = schema(vec![users()]);
    let stale =
        schema(vec![table("users", vec![id(), text("email").was("mail"), text("name").null()])]);
    assert_eq!(diff(&before, &stale).unwrap(), []);
    let conflict = schema(vec![table("users", vec![id(), text("email").was("name")])]);
    assert_eq!(
        diff(&before, &conflict).unwrap_err(),
        [DiffError::Conflict { object: "users.email".into(), from: "name".into() }]
    );
    // What was called `email` would go as well: another takes its name.
    let chained = schema(vec![table("users", vec![id(), text("a").was("b"), text("b").was("c")])]);
    let three = schema(vec![table("users", vec![id(), text("a"), text("b"), text("c")])]);
    assert_eq!(
        diff(&three, &chained).unwrap_err(),
        [DiffError::Conflict { object: "users.a".into(), from: "b".into() }]
    );
    let twice = schema(vec![table(
        "users",
        vec![id(), text("email"), text("a").was("name"), text("b").was("name")],
    )]);
    assert!(matches!(diff(&before, &twice).unwrap_err()[..], [DiffError::Twice { .. }]));
}

#[test]
fn a_record_that_does_not_fit_is_refused() {
    let before = schema(vec![users()]);
    let records = [Record::DropTable { at: Place::plain("ghosts").into() }];
    let error = replay(&before, &records).unwrap_err();
    assert_eq!(error.to_string(), "`ghosts` is changed, but is no table of the schema");
    let after = schema(vec![users().and(big("age"))]);
    let add: Vec<Record> = diff(&before, &after).unwrap().iter().map(Change::record).collect();
    let error = replay(&after, &add).unwrap_err();
    assert_eq!(error.to_string(), "`age` is added, but is there already");
}

#[test]
fn diesels_bookkeeping_is_nobodys_to_change() {
    let read = schema(vec![table("__diesel_schema_migrations", vec![text("version")]), users()]);
    let owned = schema(vec![users()]);
    assert_eq!(diff(&owned, &read).expect("no hints"), []);
    assert_eq!(diff(&read, &owned).expect("no hints"), []);
}

/// Two steps: a table and a column of it are renamed twice, another name is taken over by what is new.
#[test]
fn hints_over_several_steps_name_what_was_before_the_first() {
    let first = schema(vec![table("people", vec![id(), text("mail"), text("nick")]), users()]);
    let named = |name: &str, from: &str, column: &str, was: &str| {
        let mut renamed = table(name, vec![id(), text(column).was(was), text("nick")]);
        renamed.renamed_from = Some(from.to_owned().into());
        renamed
    };
    let second = schema(vec![named("persons", "people", "e_mail", "mail"), users()]);
    let mut third = named("folk", "persons", "email", "e_mail");
    third.columns.to_mut().pop();
    third.columns.to_mut().push(text("phone"));
    let third = schema(vec![third, table("people", vec![id()]), users()]);
    let (one, two) = (diff(&first, &second).unwrap(), diff(&second, &third).unwrap());

    let after = hinted(&[&one, &two], &third);
    let of = |name: &str| after.tables.iter().find(|it| it.name == name).unwrap();
    assert_eq!(of("folk").renamed_from.as_deref(), Some("people"));
    assert_eq!(of("folk").column("email").unwrap().renamed_from.as_deref(), Some("mail"));
    assert_eq!(of("folk").column("phone").unwrap().renamed_from, None);
    assert_eq!(of("people").renamed_from, None);
    assert_eq!(
        hinted(&[], &third).tables.iter().find(|it| it.name == "folk").unwrap().renamed_from,
        None
    );
    let together = diff(&first, &after).unwrap();
    let altered = together.iter().find_map(Change::altered).unwrap();
    assert_eq!((&*altered.before.name, &*altered.after.name), ("people", "folk"));
    assert_eq!(altered.column_renames(), [("mail", "email")]);
}
