use super::cursor::Cursor;
use super::definition::{Constraint, IndexDef, Reference, RuleKind};

/// A constraint with or without its name; `None`, and nothing read, when something else comes.
pub(super) fn constraint(cursor: &mut Cursor<'_, '_>) -> Option<Constraint> {
    let mut ahead = cursor.clone();
    let name = if ahead.eat("CONSTRAINT") {
        // MySQL takes one without a name.
        if begins_kind(&ahead) { None } else { Some(ahead.name()?) }
    } else {
        None
    };
    if !begins_kind(&ahead) {
        return None;
    }
    let mut using_index = None;
    let mut key = None;
    let kind = kind(&mut ahead, &mut using_index, &mut key)?;
    let name = name.or(key);
    let mut constraint =
        Constraint { name, kind, using_index, not_valid: false, deferrable: false };
    while !ahead.is_done() && !ahead.sees_sign(",") {
        if ahead.eat("NOT VALID") || ahead.eat("NOT ENFORCED") {
            constraint.not_valid = true;
        } else if ahead.eat("NOT DEFERRABLE") {
        } else if ahead.eat("DEFERRABLE") {
            constraint.deferrable = true;
        } else {
            ahead.skip();
        }
    }
    *cursor = ahead;
    Some(constraint)
}

fn begins_kind(cursor: &Cursor<'_, '_>) -> bool {
    let words = ["PRIMARY KEY", "UNIQUE", "CHECK", "FOREIGN KEY", "EXCLUDE", "NOT NULL"];
    words.iter().any(|words| cursor.sees(words))
}

/// What a constraint wants; the index that it is made of, and the name that MySQL has behind `KEY`.
fn kind(
    cursor: &mut Cursor<'_, '_>,
    using_index: &mut Option<String>,
    name: &mut Option<String>,
) -> Option<RuleKind> {
    if cursor.eat("PRIMARY KEY") {
        *using_index = by_index(cursor);
        Some(RuleKind::PrimaryKey(columns(cursor)))
    } else if cursor.eat("UNIQUE") {
        let _ = cursor.eat("KEY") || cursor.eat("INDEX");
        *using_index = by_index(cursor);
        let _ = cursor.eat("NULLS NOT DISTINCT") || cursor.eat("NULLS DISTINCT");
        if using_index.is_none() && !cursor.sees_sign("(") {
            *name = cursor.name();
        }
        Some(RuleKind::Unique(columns(cursor)))
    } else if cursor.eat("CHECK") {
        let condition = cursor.group().map(|mut inner| inner.rest());
        Some(RuleKind::Check(condition.unwrap_or_default()))
    } else if cursor.eat("FOREIGN KEY") {
        if !cursor.sees_sign("(") {
            cursor.name();
        }
        let own = columns(cursor);
        cursor
            .eat("REFERENCES")
            .then(|| reference(cursor))
            .flatten()
            .map(|to| RuleKind::ForeignKey(own, to))
    } else if cursor.eat("EXCLUDE") {
        Some(RuleKind::Exclude)
    } else if cursor.eat("NOT NULL") {
        cursor.name().map(RuleKind::NotNull)
    } else {
        None
    }
}

fn by_index(cursor: &mut Cursor<'_, '_>) -> Option<String> {
    cursor.eat("USING INDEX").then(|| cursor.name()).flatten()
}

/// Names in parentheses; of what is more than a name, its text.
pub(super) fn columns(cursor: &mut Cursor<'_, '_>) -> Vec<String> {
    let Some(mut group) = cursor.group() else { return Vec::new() };
    group.parts().into_iter().map(|part| key(part).0).collect()
}

/// A key of an index: the column, or the expression as written; and whether it is a column.
pub(super) fn key(mut part: Cursor<'_, '_>) -> (String, bool) {
    let mut ahead = part.clone();
    match ahead.name() {
        // A function's parentheses make an expression; a length behind a column does not.
        Some(name) if !ahead.sees_sign("(") => (name, true),
        Some(name) if is_length(&ahead) => (name, true),
        Some(_) | None => (part.rest(), false),
    }
}

fn is_length(cursor: &Cursor<'_, '_>) -> bool {
    let inner = cursor.clone().group();
    inner.is_some_and(|inner| match inner.left() {
        [one] => one.text.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    })
}

/// What a foreign key refers to, and what it does.
pub(super) fn reference(cursor: &mut Cursor<'_, '_>) -> Option<Reference> {
    let table = cursor.place()?;
    let mut reference = Reference { table, columns: columns(cursor), cascades: false };
    loop {
        if cursor.eat("ON DELETE") {
            reference.cascades = cursor.sees("CASCADE");
            action(cursor);
        } else if cursor.eat("ON UPDATE") {
            action(cursor);
        } else if cursor.eat("MATCH") {
            cursor.skip();
        } else {
            return Some(reference);
        }
    }
}

fn action(cursor: &mut Cursor<'_, '_>) {
    if cursor.eat("SET") || cursor.eat("NO") {
        cursor.skip();
        cursor.group();
    } else {
        cursor.skip();
    }
}

/// An index inside of a table or an `ALTER TABLE`: `UNIQUE KEY u (a)`, `FULLTEXT INDEX f (b)`.
pub(super) fn inner_index(cursor: &mut Cursor<'_, '_>) -> Option<IndexDef> {
    let mut ahead = cursor.clone();
    let mut index = IndexDef::default();
    let special = ["FULLTEXT", "SPATIAL"].iter().find(|word| ahead.eat(word));
    index.method = special.map(|word| word.to_lowercase());
    index.unique = ahead.eat("UNIQUE");
    let word = ahead.eat("INDEX") || ahead.eat("KEY");
    if !word && special.is_none() {
        return None;
    }
    if !ahead.sees_sign("(") {
        index.name = ahead.name();
    }
    if ahead.eat("USING") {
        ahead.skip();
    }
    index.keys = columns(&mut ahead);
    ahead.until(|cursor| cursor.sees_sign(","));
    *cursor = ahead;
    Some(index)
}
