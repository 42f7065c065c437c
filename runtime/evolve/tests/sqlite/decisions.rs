use diesel_autogen_evolve::{Allowed, Dialect, Refusal, RefusalKind, decide};
use diesel_autogen_schema::testing::{big, column, id, one_of, schema, table, text};
use diesel_autogen_schema::{Column, Extras, Generated, Schema, SqlType, Storage, Unique, diff};

fn asked(before: &Schema, after: &Schema, allowed: &[&str]) -> Vec<Refusal> {
    let changes = diff(before, after).expect("hints that fit");
    let allowed = Allowed { loss: allowed.iter().map(|it| (*it).to_owned()).collect() };
    decide(&changes, Dialect::Sqlite, &allowed).err().unwrap_or_default()
}

fn users(columns: Vec<Column>) -> Schema {
    let mut table = table("users", vec![id()]);
    table.columns.to_mut().extend(columns);
    schema(vec![table])
}

fn kinds(before: Vec<Column>, after: Vec<Column>, allowed: &[&str]) -> Vec<RefusalKind> {
    asked(&users(before), &users(after), allowed).iter().map(Refusal::kind).collect()
}

#[test]
fn a_rename_candidate_asks_and_says_the_ways_out() {
    let before = users(vec![text("name")]);
    let after = users(vec![text("full_name")]);
    let refusals = asked(&before, &after, &[]);
    let told: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    // The new column is required as well, which only matters when it is no rename.
    assert_eq!(
        told[0],
        "`users.name` is gone and `full_name` is new: renamed or dropped?\n  \
         renamed: `#[column(renamed_from = \"name\")]` on `full_name`, \
         or `--rename users.name:full_name`\n  \
         keep it for now under another name: `--retire users.name`\n  \
         lose it: `--allow-loss users.name`"
    );
    assert_eq!(refusals.len(), 1);
    assert_eq!(refusals[0].kind().exit_code(), 4);
    let refusals = asked(&before, &after, &["users.name"]);
    assert!(matches!(&refusals[..], [Refusal::NothingForRows { before: None, .. }]));
    let hinted = users(vec![text("full_name").was("name")]);
    assert!(asked(&before, &hinted, &[]).is_empty());
}

#[test]
fn another_type_is_no_candidate_but_a_loss() {
    let refusals = asked(&users(vec![text("name")]), &users(vec![big("n").null()]), &[]);
    assert_eq!(
        refusals[0].to_string(),
        "`users.name` would lose data: the column is dropped\n  \
         keep it for now under another name: `--retire users.name`\n  \
         lose it: `--allow-loss users.name`"
    );
    assert_eq!(refusals[0].kind().exit_code(), 5);
    assert!(kinds(vec![text("name")], vec![big("n").null()], &["users.name"]).is_empty());
}

#[test]
fn tables_that_look_alike_ask_and_others_are_lost() {
    let old = schema(vec![table("users", vec![id(), text("name"), text("mail")])]);
    let like = schema(vec![table("people", vec![id(), text("name"), text("email")])]);
    let other = schema(vec![table("teams", vec![id(), big("n")])]);
    let refusals = asked(&old, &like, &[]);
    assert!(refusals[0].to_string().contains("`--rename users:people`"), "{}", refusals[0]);
    assert_eq!(refusals[0].kind(), RefusalKind::Decision);
    assert_eq!(asked(&old, &other, &[])[0].kind(), RefusalKind::Loss);
    assert!(asked(&old, &like, &["users"]).is_empty());
}

#[test]
fn required_columns_need_something_for_rows() {
    let fill = |column: Column| Column { backfill: Some("'x'".into()), ..column };
    let made = Column {
        generated: Some(Generated { expr: "id".into(), storage: Storage::Virtual }),
        ..big("x")
    };
    assert_eq!(kinds(vec![], vec![text("x")], &[]), [RefusalKind::Decision]);
    assert_eq!(kinds(vec![], vec![text("x").default_sql("null")], &[]), [RefusalKind::Decision]);
    for fine in [text("x").null(), text("x").default_sql("''"), fill(text("x")), made] {
        assert!(kinds(vec![], vec![fine], &[]).is_empty());
    }
    assert_eq!(kinds(vec![text("x").null()], vec![text("x")], &[]), [RefusalKind::Decision]);
    assert!(kinds(vec![text("x").null()], vec![fill(text("x"))], &[]).is_empty());
    assert!(kinds(vec![text("x")], vec![text("x").null()], &[]).is_empty());
}

#[test]
fn types_widen_freely_and_narrow_by_decision() {
    let free = [
        (SqlType::SmallInt, SqlType::BigInt),
        (SqlType::Bool, SqlType::Integer),
        (SqlType::Float, SqlType::Double),
        (SqlType::Integer, SqlType::Text { max_length: None }),
        (SqlType::Integer, SqlType::Double),
        (SqlType::Date, SqlType::Text { max_length: None }),
        (SqlType::Text { max_length: Some(5) }, SqlType::Text { max_length: Some(6) }),
        (
            SqlType::Numeric { precision: Some(5), scale: Some(2) },
            SqlType::Numeric { precision: Some(6), scale: Some(3) },
        ),
        (SqlType::Integer, SqlType::Numeric { precision: None, scale: None }),
    ];
    for (from, to) in free {
        let case = format!("{from:?} {to:?}");
        assert!(
            kinds(vec![column("x", from.clone())], vec![column("x", to.clone())], &[]).is_empty(),
            "{case}"
        );
        let back = kinds(vec![column("x", to)], vec![column("x", from)], &[]);
        assert_eq!(back, [RefusalKind::Decision], "{case}");
    }
    let text = || column("x", SqlType::Text { max_length: None });
    let using = Column { using: Some("length(x)".into()), ..big("x") };
    assert_eq!(kinds(vec![text()], vec![big("x")], &[]), [RefusalKind::Decision]);
    assert!(kinds(vec![text()], vec![using], &[]).is_empty());
    assert!(kinds(vec![text()], vec![big("x")], &["users.x"]).is_empty());
    let binary = column("x", SqlType::Binary);
    assert_eq!(kinds(vec![big("x")], vec![binary], &[]), [RefusalKind::Decision]);
}

#[test]
fn labels_that_go_need_a_place_for_their_rows() {
    let before = || one_of("role", &["admin", "guest"]);
    let mut merged = one_of("role", &["admin"]);
    if let SqlType::Enum(of) = &mut merged.sql_type {
        of.labels.to_mut()[0].renamed_from = Some("guest".into());
    }
    assert!(
        kinds(vec![before()], vec![one_of("role", &["admin", "guest", "new"])], &[]).is_empty()
    );
    assert!(kinds(vec![before()], vec![merged], &[]).is_empty());
    let refusals = asked(&users(vec![before()]), &users(vec![one_of("role", &["admin"])]), &[]);
    assert_eq!(refusals[0].message(), "`users.role` loses label `guest`, which rows may hold");
    assert!(refusals[0].to_string().contains("#[db_enum(renamed_from = \"guest\")]"));
    assert_eq!(refusals[0].kind(), RefusalKind::Decision);
}

#[test]
fn candidates_are_told_the_likeliest_first_by_type_name_and_rules() {
    let names = |before: Schema, after: Schema| -> Vec<Vec<String>> {
        let after_of = |refusal: Refusal| match refusal {
            Refusal::ColumnRenamed { after, .. } => {
                Some(after.iter().map(|column| column.name.to_string()).collect())
            }
            Refusal::TableRenamed { after, .. } => Some(after),
            _ => None,
        };
        asked(&before, &after, &[]).into_iter().filter_map(after_of).collect()
    };
    let columns = |before, after| names(users(before), users(after));
    // By name, whatever the order of the alphabet; several at once are each told all of them.
    let found = columns(
        vec![text("name"), text("mail")],
        vec![text("about"), text("full_name"), text("email")],
    );
    let first: Vec<&str> = found.iter().map(|after| &*after[0]).collect();
    assert_eq!(first, ["email", "full_name"]);
    assert!(found.iter().all(|after| after.len() == 3), "{found:?}");
    // Another type, where the name says it.
    let limited = column("title", SqlType::Text { max_length: Some(80) });
    let found =
        columns(vec![limited], vec![text("book_title"), text("title_id").null(), big("pages")]);
    assert_eq!(found, [["book_title", "title_id"]]);
    assert!(columns(vec![text("name")], vec![big("age").null()]).is_empty());
    // By the rules over it.
    let unique = |name: &'static str, other: &'static str| {
        let mut schema = users(vec![text(name), text(other)]);
        schema.tables.to_mut()[0].uniques.to_mut().push(Unique {
            name: "u".into(),
            columns: vec![name.into()].into(),
            extras: Extras::NONE,
        });
        schema
    };
    let found = names(unique("code", "other"), unique("zz", "aa"));
    assert_eq!(found[0], ["zz", "aa"]);
    // A table that got more columns beside its new name.
    let old = schema(vec![table("users", vec![id(), text("name"), text("mail")])]);
    let more = vec![id(), text("name"), text("mail"), big("a"), big("b"), big("c"), big("d")];
    let new = schema(vec![
        table("accounts", more),
        table("user_names", vec![id(), text("name")]),
        table("teams", vec![id(), big("n")]),
    ]);
    assert_eq!(names(old, new), [["user_names", "accounts"]]);
}
