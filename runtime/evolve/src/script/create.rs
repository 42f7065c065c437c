use super::action::Action;
use super::constraint::key;
use super::cursor::Cursor;
use super::definition::IndexDef;
use super::table::table;

/// What stands behind `CREATE`.
pub(super) fn create(cursor: &mut Cursor<'_, '_>) -> Option<Action> {
    cursor.eat("OR REPLACE");
    let _ = cursor.eat("GLOBAL") || cursor.eat("LOCAL");
    let temporary = cursor.eat("TEMPORARY") || cursor.eat("TEMP");
    cursor.eat("UNLOGGED");
    if cursor.eat("TABLE") {
        return table(cursor, temporary).map(Action::CreateTable);
    }
    if cursor.eat("VIRTUAL TABLE") {
        let mut made = table(cursor, false)?;
        made.copied = true;
        return Some(Action::CreateTable(made));
    }
    let method = ["FULLTEXT", "SPATIAL"].iter().find(|word| cursor.eat(word));
    let unique = cursor.eat("UNIQUE");
    if cursor.eat("INDEX") {
        let method = method.map(|word| word.to_lowercase());
        return index(cursor, IndexDef { unique, method, ..IndexDef::default() });
    }
    if cursor.eat("TYPE") || cursor.eat("DOMAIN") {
        return cursor.place().map(Action::CreateType);
    }
    if cursor.eat("EXTENSION") {
        cursor.if_exists();
        return cursor.name().map(Action::CreateExtension);
    }
    if cursor.sees("DATABASE") || cursor.sees("TABLESPACE") || cursor.sees("SUBSCRIPTION") {
        let word = cursor.next()?.text.to_uppercase();
        return Some(Action::Alone(format!("CREATE {word}")));
    }
    if cursor.sees("CONSTRAINT TRIGGER") || cursor.sees("TRIGGER") {
        cursor.until(|cursor| cursor.sees("ON"));
        cursor.eat("ON");
        return cursor.place().map(|table| Action::CreateTrigger { table });
    }
    const QUIET: [&str; 20] = [
        "VIEW",
        "MATERIALIZED",
        "RECURSIVE",
        "FUNCTION",
        "PROCEDURE",
        "SEQUENCE",
        "SCHEMA",
        "ROLE",
        "USER",
        "POLICY",
        "RULE",
        "STATISTICS",
        "AGGREGATE",
        "CAST",
        "COLLATION",
        "OPERATOR",
        "PUBLICATION",
        "SERVER",
        "DEFINER",
        "EVENT",
    ];
    QUIET.iter().any(|word| cursor.sees(word)).then_some(Action::Quiet)
}

fn index(cursor: &mut Cursor<'_, '_>, mut index: IndexDef) -> Option<Action> {
    let concurrently = cursor.eat("CONCURRENTLY");
    let if_not_exists = cursor.if_exists();
    if !cursor.sees("ON") {
        index.name = Some(cursor.place()?);
    }
    if cursor.eat("USING") {
        cursor.skip();
    }
    if !cursor.eat("ON") {
        return None;
    }
    let only = cursor.eat("ONLY");
    let table = cursor.place()?;
    if cursor.eat("USING") {
        let method = cursor.name()?.to_lowercase();
        index.method = Some(method).filter(|method| method != "btree");
    }
    let mut keys = cursor.group()?;
    index.keys = keys.parts().into_iter().map(|part| key(part).0).collect();
    index.includes = cursor.has("INCLUDE");
    index.partial = cursor.has("WHERE");
    cursor.rest();
    Some(Action::CreateIndex { table, index, concurrently, if_not_exists, only })
}
