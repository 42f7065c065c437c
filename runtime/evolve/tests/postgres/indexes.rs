use diesel_autogen_schema::testing::{column, id, schema, table, text};
use diesel_autogen_schema::{Extra, Index, IndexKey, Order, PgType, SqlType, Table};

use crate::harness::Story;

fn docs() -> Table {
    let list = SqlType::array(SqlType::TEXT);
    table(
        "docs",
        vec![
            id(),
            text("title"),
            text("body").null(),
            column("data", SqlType::Jsonb).null(),
            column("tags", list).null(),
            column("at", SqlType::Pg(PgType::Timestamptz { precision: None })).null(),
        ],
    )
}

fn index(keys: Vec<IndexKey>, extras: Vec<Extra>) -> Index {
    Index {
        name: "docs_idx".into(),
        keys: keys.into(),
        unique: false,
        predicate: None,
        extras: extras.into(),
    }
}

fn key(name: &'static str, extras: Vec<Extra>) -> IndexKey {
    IndexKey { extras: extras.into(), ..IndexKey::column(name.into()) }
}

fn every() -> Vec<Index> {
    let expression = |sql: &'static str| IndexKey::expression(sql.into());
    let descending = |extras: Vec<Extra>| IndexKey { order: Order::Desc, ..key("title", extras) };
    let method = |name: &'static str| Extra::Method(name.into());
    vec![
        index(vec![key("title", vec![])], vec![]),
        index(vec![key("title", vec![]), key("body", vec![])], vec![]),
        index(vec![descending(vec![])], vec![]),
        index(vec![descending(vec![Extra::NullsLast])], vec![]),
        index(vec![key("title", vec![Extra::NullsFirst])], vec![]),
        index(vec![key("title", vec![Extra::Collate("C".into())])], vec![]),
        index(vec![key("title", vec![Extra::Opclass("text_pattern_ops".into())])], vec![]),
        index(
            vec![IndexKey {
                order: Order::Desc,
                ..key(
                    "title",
                    vec![
                        Extra::Collate("C".into()),
                        Extra::Opclass("text_pattern_ops".into()),
                        Extra::NullsLast,
                    ],
                )
            }],
            vec![],
        ),
        index(vec![expression("lower(title)")], vec![]),
        index(vec![expression("title || coalesce(body, '')"), expression("(id % 10)")], vec![]),
        index(vec![expression("(data ->> 'a')"), expression("lower(title) || 'x'")], vec![]),
        index(
            vec![expression("lower(title)"), key("id", vec![])],
            vec![Extra::Include(vec!["body".into()].into())],
        ),
        index(vec![key("data", vec![])], vec![method("gin")]),
        index(
            vec![key("data", vec![Extra::Opclass("jsonb_path_ops".into())])],
            vec![method("gin"), Extra::With("fastupdate".into(), "off".into())],
        ),
        index(vec![key("tags", vec![])], vec![method("gin")]),
        index(vec![key("title", vec![])], vec![method("hash")]),
        index(
            vec![key("at", vec![])],
            vec![method("brin"), Extra::With("pages_per_range".into(), "32".into())],
        ),
        index(vec![key("title", vec![])], vec![method("spgist")]),
        Index {
            predicate: Some("body IS NOT NULL AND title <> ''".into()),
            ..index(vec![key("title", vec![])], vec![])
        },
        Index {
            unique: true,
            ..index(vec![key("title", vec![])], vec![Extra::With("fillfactor".into(), "80".into())])
        },
        Index { unique: true, ..index(vec![key("body", vec![])], vec![Extra::NullsNotDistinct]) },
        index(vec![key("title", vec![])], vec![Extra::Comment("it's one".into())]),
    ]
}

#[test]
fn every_index_comes_goes_and_takes_the_place_of_another() {
    let with = |index: Option<&Index>| {
        let mut table = docs();
        table.indexes.to_mut().extend(index.cloned());
        schema(vec![table])
    };
    let all = every();
    let seed = "INSERT INTO docs (title, body, data) VALUES ('a', 'a', '{}'), ('b', 'b', NULL)";
    let mut last: Option<&Index> = None;
    for index in all.iter().map(Some).chain([None]) {
        let Some(mut story) = Story::new(with(last), with(index), seed) else { return };
        story.target.minimum = (15, 0, 0);
        story.round();
        last = index;
    }
}

#[test]
fn an_index_of_another_name_or_remark_is_not_made_again() {
    let with = |name: &'static str, remark: Option<&'static str>| {
        let mut table = docs();
        let extras = remark.map(|it| Extra::Comment(it.into())).into_iter().collect();
        let own = Index { name: name.into(), ..index(vec![key("title", vec![])], extras) };
        table.indexes.to_mut().push(own);
        schema(vec![table])
    };
    for (before, after) in [
        (with("a", None), with("b", None)),
        (with("a", Some("x")), with("b", Some("y"))),
        (with("a", Some("x")), with("a", None)),
    ] {
        let Some(mut story) = Story::new(before, after, "") else { return };
        let plan = story.round();
        assert!(!plan.up_sql().contains("CREATE INDEX"), "{}", plan.up_sql());
    }
}

#[test]
fn two_indexes_swap_their_names() {
    let with = |first: &'static str, second: &'static str| {
        let mut table = docs();
        let one = Index { name: first.into(), ..index(vec![key("title", vec![])], vec![]) };
        let two = Index { name: second.into(), ..index(vec![key("body", vec![])], vec![]) };
        table.indexes.to_mut().extend([one, two]);
        schema(vec![table])
    };
    let Some(mut story) = Story::new(with("a", "b"), with("b", "a"), "") else { return };
    let plan = story.round();
    assert!(!plan.up_sql().contains("CREATE INDEX"), "{}", plan.up_sql());
}
