use diesel_autogen_schema::Dialect;

use super::action::Action;
use super::alter::alter_table;
use super::create::create;
use super::cursor::Cursor;

/// What a statement does.
pub(super) fn action(mut cursor: Cursor<'_, '_>) -> Action {
    let cursor = &mut cursor;
    let read = if cursor.eat("CREATE") {
        create(cursor)
    } else if cursor.eat("ALTER") {
        altered(cursor)
    } else if cursor.eat("DROP") {
        dropped(cursor)
    } else {
        rows(cursor)
            .or_else(|| transaction(cursor))
            .or_else(|| maintenance(cursor))
            .or_else(|| quiet(cursor))
    };
    read.unwrap_or(Action::Unknown)
}

fn altered(cursor: &mut Cursor<'_, '_>) -> Option<Action> {
    if cursor.eat("TABLE") {
        return alter_table(cursor);
    }
    if cursor.eat("TYPE") {
        let name = cursor.place()?;
        if cursor.eat("ADD VALUE") {
            cursor.if_exists();
            let label = text(cursor)?;
            return Some(Action::AddLabel { name, label });
        }
        if cursor.eat("RENAME VALUE") {
            let from = text(cursor)?;
            cursor.eat("TO");
            return Some(Action::RenameLabel { name, from, to: text(cursor)? });
        }
        return Some(Action::Quiet);
    }
    if cursor.sees("SYSTEM") {
        return Some(Action::Alone("ALTER SYSTEM".to_owned()));
    }
    Some(Action::Quiet)
}

/// The text of a literal.
fn text(cursor: &mut Cursor<'_, '_>) -> Option<String> {
    diesel_autogen_schema::sql::literal_text(cursor.next()?.text)
}

fn dropped(cursor: &mut Cursor<'_, '_>) -> Option<Action> {
    let cascade = cursor.has("CASCADE");
    cursor.eat("TEMPORARY");
    if cursor.eat("TABLE") {
        cursor.if_exists();
        return Some(Action::DropTable { tables: cursor.places(), cascade });
    }
    if cursor.eat("INDEX") {
        let concurrently = cursor.eat("CONCURRENTLY");
        let if_exists = cursor.if_exists();
        let names = cursor.places();
        let table = cursor.eat("ON").then(|| cursor.place()).flatten();
        return Some(Action::DropIndex { names, table, concurrently, if_exists, cascade });
    }
    for word in ["DATABASE", "TABLESPACE", "SUBSCRIPTION"] {
        if cursor.sees(word) {
            return Some(Action::Alone(format!("DROP {word}")));
        }
    }
    let mut kind = cursor.next()?.text.to_lowercase();
    if kind == "materialized" {
        cursor.next();
        kind = "materialized view".to_owned();
    }
    cursor.if_exists();
    let names = cursor.places();
    let of = cursor.eat("ON").then(|| cursor.place()).flatten();
    Some(Action::Drop { kind, names, of, cascade })
}

/// Statements about rows.
fn rows(cursor: &mut Cursor<'_, '_>) -> Option<Action> {
    if cursor.eat("WITH") {
        let begins = |cursor: &Cursor<'_, '_>| {
            ["SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"]
                .iter()
                .any(|word| cursor.sees(word))
        };
        cursor.until(begins);
        return rows(cursor);
    }
    if cursor.sees("SELECT") || cursor.sees("VALUES") || cursor.sees("TABLE") {
        return Some(Action::Select);
    }
    if cursor.eat("INSERT") || cursor.eat("REPLACE") || cursor.eat("MERGE") {
        cursor.until(|cursor| cursor.sees("INTO"));
        cursor.eat("INTO");
        let table = cursor.place()?;
        return Some(Action::Insert { table, from_query: cursor.has("SELECT") });
    }
    if cursor.eat("COPY") {
        return cursor.place().map(|table| Action::Insert { table, from_query: true });
    }
    if cursor.eat("UPDATE") {
        if cursor.eat("OR") {
            cursor.skip();
        }
        cursor.eat("ONLY");
        let table = cursor.place()?;
        return Some(Action::Update { table, filtered: is_filtered(cursor) });
    }
    if cursor.eat("DELETE FROM") {
        cursor.eat("ONLY");
        let table = cursor.place()?;
        return Some(Action::Delete { table, filtered: is_filtered(cursor) });
    }
    if cursor.eat("TRUNCATE") {
        cursor.eat("TABLE");
        cursor.eat("ONLY");
        let tables = cursor.places();
        return Some(Action::Truncate { tables, cascade: cursor.has("CASCADE") });
    }
    None
}

fn is_filtered(cursor: &Cursor<'_, '_>) -> bool {
    cursor.has("WHERE") || cursor.has("LIMIT")
}

fn transaction(cursor: &mut Cursor<'_, '_>) -> Option<Action> {
    let words = |words: &[&str], cursor: &Cursor<'_, '_>| words.iter().any(|it| cursor.sees(it));
    if words(&["BEGIN", "START TRANSACTION"], cursor) {
        Some(Action::Begin)
    } else if words(&["COMMIT", "END"], cursor) {
        Some(Action::Commit)
    } else if words(&["ROLLBACK TO", "SAVEPOINT", "RELEASE"], cursor) {
        Some(Action::Savepoint)
    } else if words(&["ROLLBACK", "ABORT"], cursor) {
        Some(Action::Rollback)
    } else {
        None
    }
}

fn maintenance(cursor: &mut Cursor<'_, '_>) -> Option<Action> {
    if cursor.eat("VACUUM") {
        let full = cursor.eat("FULL") || cursor.group().is_some_and(|it| it.has("FULL"));
        while cursor.eat("ANALYZE") || cursor.eat("VERBOSE") || cursor.eat("FREEZE") {}
        return Some(Action::Vacuum { full, table: cursor.place() });
    }
    if cursor.eat("CLUSTER") {
        cursor.eat("VERBOSE");
        return Some(Action::Cluster(cursor.place()));
    }
    if cursor.eat("REINDEX") {
        let concurrently = cursor.has("CONCURRENTLY");
        cursor.group();
        let is_table = cursor.eat("TABLE");
        let table = (is_table || cursor.engine == Dialect::Sqlite)
            .then(|| {
                cursor.eat("CONCURRENTLY");
                cursor.place()
            })
            .flatten();
        return Some(Action::Reindex { table, concurrently });
    }
    if cursor.eat("REFRESH MATERIALIZED VIEW") {
        let concurrently = cursor.eat("CONCURRENTLY");
        return cursor.place().map(|view| Action::Refresh { view, concurrently });
    }
    if cursor.eat("LOCK") {
        let _ = cursor.eat("TABLES") || cursor.eat("TABLE");
        cursor.eat("ONLY");
        return Some(Action::Lock { tables: cursor.places() });
    }
    if cursor.eat("RENAME TABLE") || cursor.eat("RENAME TABLES") {
        let mut pairs = Vec::new();
        for mut part in cursor.parts() {
            let from = part.place()?;
            part.eat("TO");
            pairs.push((from, part.place()?));
        }
        return Some(Action::RenameTables(pairs));
    }
    setting(cursor)
}

fn setting(cursor: &mut Cursor<'_, '_>) -> Option<Action> {
    if cursor.eat("SET") {
        let _ = cursor.eat("LOCAL") || cursor.eat("SESSION") || cursor.eat("GLOBAL");
        while cursor.eat_sign("@") {}
        let name = cursor.place()?.to_lowercase();
        let _ = cursor.eat_sign(":") | cursor.eat_sign("=") | cursor.eat("TO");
        return Some(Action::Set { name, value: cursor.rest() });
    }
    if cursor.eat("PRAGMA") {
        let name = cursor.place()?.to_lowercase();
        let value = match cursor.group() {
            Some(mut inner) => Some(inner.rest()),
            None => cursor.eat_sign("=").then(|| cursor.rest()),
        };
        return Some(Action::Pragma { name, value: value.map(|it| it.to_lowercase()) });
    }
    None
}

/// Statements that change no table, and routines whose bodies nobody looks into.
fn quiet(cursor: &mut Cursor<'_, '_>) -> Option<Action> {
    const QUIET: [&str; 22] = [
        "COMMENT",
        "GRANT",
        "REVOKE",
        "ANALYZE",
        "EXPLAIN",
        "DO",
        "CALL",
        "NOTIFY",
        "LISTEN",
        "RESET",
        "SHOW",
        "DISCARD",
        "SECURITY",
        "REASSIGN",
        "CHECKPOINT",
        "UNLOCK",
        "USE",
        "OPTIMIZE",
        "FLUSH",
        "ATTACH",
        "DETACH",
        "DEALLOCATE",
    ];
    QUIET.iter().any(|word| cursor.sees(word)).then_some(Action::Quiet)
}
