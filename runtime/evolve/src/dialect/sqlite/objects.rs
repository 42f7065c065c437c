//! Views and triggers: what they use, judged by their text.

use std::collections::BTreeMap;

use diesel_autogen_schema::sql::{self, Kind, Token};
use diesel_autogen_schema::{Dialect, Live, Object, ObjectKind};

/// The views and triggers that have to go while `tables` are made anew, in creation order: SQLite
/// refuses to rename a table as long as one of them names a table that is not there.
pub(crate) fn in_the_way<'l>(live: &'l Live, tables: &[String]) -> Vec<&'l Object> {
    let mut names = tables.to_vec();
    loop {
        let found = live.objects.iter().filter(|object| touches(object, &names));
        let found: Vec<&Object> = found.collect();
        let views = found.iter().filter(|object| object.kind == ObjectKind::View);
        let fresh: Vec<String> = views
            .map(|view| view.name.to_string())
            .filter(|name| !names.iter().any(|known| known.eq_ignore_ascii_case(name)))
            .collect();
        if fresh.is_empty() {
            return found;
        }
        // What reads a view that goes has to go as well.
        names.extend(fresh);
    }
}

fn touches(object: &Object, names: &[String]) -> bool {
    match object.kind {
        ObjectKind::View | ObjectKind::Trigger => names.iter().any(|name| {
            object.table.eq_ignore_ascii_case(name)
                || sql::tokens(&object.sql, Dialect::Sqlite).any(|token| token.is_name(name))
        }),
        // SQLite has no routines.
        ObjectKind::VirtualTable
        | ObjectKind::Procedure
        | ObjectKind::Function
        | ObjectKind::Event => false,
    }
}

/// The triggers that hang on the table and go with it.
pub(crate) fn attached<'l>(live: &'l Live, table: &str) -> Vec<&'l Object> {
    let triggers = live.objects.iter().filter(|object| object.kind == ObjectKind::Trigger);
    triggers.filter(|trigger| trigger.table.eq_ignore_ascii_case(table)).collect()
}

/// The first view or trigger, as a phrase, that breaks when the table goes.
pub(crate) fn user_of_table(live: &Live, table: &str) -> Option<String> {
    let found = live.objects.iter().find(|object| match object.kind {
        ObjectKind::View => reads(&object.sql, table),
        ObjectKind::Trigger => {
            !object.table.eq_ignore_ascii_case(table) && reads(&object.sql, table)
        }
        // SQLite has no routines.
        ObjectKind::VirtualTable
        | ObjectKind::Procedure
        | ObjectKind::Function
        | ObjectKind::Event => false,
    })?;
    Some(phrase(found))
}

/// The first view or trigger, as a phrase, that breaks when the column goes. Where the text does
/// not say whose column it is, none is blamed: the engine itself will.
pub(crate) fn user_of_column(live: &Live, table: &str, column: &str) -> Option<String> {
    let found = live.objects.iter().find(|object| match object.kind {
        ObjectKind::View | ObjectKind::Trigger => uses_column(object, live, table, column),
        // SQLite has no routines.
        ObjectKind::VirtualTable
        | ObjectKind::Procedure
        | ObjectKind::Function
        | ObjectKind::Event => false,
    })?;
    Some(phrase(found))
}

fn phrase(object: &Object) -> String {
    format!("{} `{}`", object.kind.name(), object.name)
}

const BEFORE_TABLES: [&str; 6] = ["from", "join", "into", "update", "on", ","];

fn solid(sql: &str) -> Vec<Token<'_>> {
    sql::tokens(sql, Dialect::Sqlite).filter(|token| token.kind != Kind::Space).collect()
}

fn reads(sql: &str, table: &str) -> bool {
    let tokens = solid(sql);
    (1..tokens.len()).any(|at| {
        let before = tokens[at - 1].text.to_ascii_lowercase();
        tokens[at].is_name(table) && BEFORE_TABLES.contains(&before.as_str())
    })
}

fn uses_column(object: &Object, live: &Live, table: &str, column: &str) -> bool {
    let tokens = solid(&object.sql);
    let sources = sources(&tokens, object, live);
    let mine = |source: &str| source.eq_ignore_ascii_case(table);
    if !sources.values().any(|source| mine(source)) {
        return false;
    }
    let shared = sources.values().filter(|source| !mine(source)).any(|source| {
        let other = live.schema.tables.iter().find(|it| it.name.eq_ignore_ascii_case(source));
        other.is_none_or(|other| {
            other.columns.iter().any(|own| own.name.eq_ignore_ascii_case(column))
        })
    });
    (0..tokens.len()).any(|at| {
        if !tokens[at].is_name(column) {
            return false;
        }
        let qualifier = (at >= 2 && tokens[at - 1].text == ".").then(|| tokens[at - 2].name());
        match qualifier.flatten() {
            Some(of) => sources.get(&of.to_ascii_lowercase()).is_some_and(|source| mine(source)),
            None => {
                let called =
                    tokens.get(at + 1).is_some_and(|next| next.text == "(" || next.text == ".");
                let alias = at >= 1 && tokens[at - 1].text.eq_ignore_ascii_case("as");
                !shared && !called && !alias
            }
        }
    })
}

/// Which table each name in the text stands for: the tables themselves, their aliases, and in a
/// trigger `new` and `old`.
fn sources(tokens: &[Token<'_>], object: &Object, live: &Live) -> BTreeMap<String, String> {
    let mut sources = BTreeMap::new();
    if object.kind == ObjectKind::Trigger {
        for row in ["new", "old"] {
            sources.insert(row.to_owned(), object.table.to_string());
        }
    }
    let views = live.objects.iter().map(|object| &object.name);
    let known: Vec<_> = live.schema.tables.iter().map(|it| &it.name).chain(views).collect();
    for at in 1..tokens.len() {
        let before = tokens[at - 1].text.to_ascii_lowercase();
        let named = known.iter().find(|name| tokens[at].is_name(name));
        let Some(source) = named.filter(|_| BEFORE_TABLES.contains(&before.as_str())) else {
            continue;
        };
        sources.insert(source.to_ascii_lowercase(), source.to_string());
        let rest = &tokens[at + 1..];
        let skip = rest.first().is_some_and(|next| next.text.eq_ignore_ascii_case("as"));
        if let Some(alias) = rest.get(usize::from(skip)).and_then(Token::name) {
            sources.entry(alias.to_ascii_lowercase()).or_insert_with(|| source.to_string());
        }
    }
    sources
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel_autogen_schema::{Column, Schema, SqlType, Table};

    fn live(objects: &[(ObjectKind, &'static str, &'static str, &'static str)]) -> Live {
        let table = |name: &'static str, columns: &[&'static str]| Table {
            columns: columns.iter().map(|it| Column::new((*it).into(), SqlType::Integer)).collect(),
            ..Table::new(name.into())
        };
        let tables = vec![table("users", &["id", "name", "bio"]), table("teams", &["id", "name"])];
        Live {
            schema: Schema::of(tables),
            objects: objects
                .iter()
                .map(|(kind, name, table, sql)| Object {
                    kind: *kind,
                    name: (*name).into(),
                    table: (*table).into(),
                    sql: (*sql).into(),
                })
                .collect(),
            ..Live::default()
        }
    }

    #[test]
    fn views_on_views_go_too() {
        let live = live(&[
            (ObjectKind::View, "a", "a", "CREATE VIEW a AS SELECT * FROM users"),
            (ObjectKind::View, "b", "b", "CREATE VIEW b AS SELECT * FROM a"),
            (ObjectKind::View, "c", "c", "CREATE VIEW c AS SELECT * FROM teams"),
            (
                ObjectKind::Trigger,
                "t",
                "b",
                "CREATE TRIGGER t INSTEAD OF DELETE ON b BEGIN SELECT 1; END",
            ),
        ]);
        let names: Vec<_> =
            in_the_way(&live, &["users".into()]).iter().map(|it| it.name.to_string()).collect();
        assert_eq!(names, ["a", "b", "t"]);
    }

    #[test]
    fn columns_are_told_apart_by_their_qualifier() {
        let live = live(&[(
            ObjectKind::View,
            "v",
            "v",
            "CREATE VIEW v AS SELECT u.bio, t.name AS title FROM users AS u JOIN teams t ON t.id = u.id",
        )]);
        assert_eq!(user_of_column(&live, "users", "bio").as_deref(), Some("view `v`"));
        assert_eq!(user_of_column(&live, "users", "name"), None);
        assert_eq!(user_of_column(&live, "teams", "name").as_deref(), Some("view `v`"));
        assert_eq!(user_of_table(&live, "teams").as_deref(), Some("view `v`"));
    }

    #[test]
    fn triggers_use_columns_of_new_and_old() {
        let live = live(&[(
            ObjectKind::Trigger,
            "g",
            "users",
            "CREATE TRIGGER g AFTER UPDATE ON users BEGIN UPDATE teams SET name = new.bio; END",
        )]);
        assert!(user_of_column(&live, "users", "bio").is_some());
        assert!(user_of_column(&live, "users", "name").is_none());
        assert!(user_of_table(&live, "users").is_none());
    }
}
