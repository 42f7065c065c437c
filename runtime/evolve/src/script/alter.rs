use super::action::{Action, Clause};
use super::column::{column, type_name};
use super::constraint::{constraint, inner_index};
use super::cursor::Cursor;
use super::options::{charset, value};

/// What stands behind `ALTER TABLE`.
pub(super) fn alter_table(cursor: &mut Cursor<'_, '_>) -> Option<Action> {
    cursor.if_exists();
    cursor.eat("ONLY");
    let table = cursor.place()?;
    let clauses = cursor.parts().into_iter().map(|part| read(part, &table)).collect();
    Some(Action::AlterTable { table, clauses })
}

fn read(mut part: Cursor<'_, '_>, table: &str) -> Clause {
    let whole = part.clone().rest();
    clause(&mut part, table).unwrap_or(Clause::Other(whole))
}

fn clause(cursor: &mut Cursor<'_, '_>, table: &str) -> Option<Clause> {
    if cursor.eat("ADD") {
        return add(cursor);
    }
    if cursor.eat("DROP") {
        return drop(cursor);
    }
    if cursor.eat("RENAME") {
        return rename(cursor, table);
    }
    if cursor.eat("ALTER") {
        cursor.eat("COLUMN");
        let column = cursor.name()?;
        return altered(cursor, column);
    }
    if cursor.eat("VALIDATE CONSTRAINT") {
        return cursor.name().map(Clause::Validate);
    }
    if cursor.eat("MODIFY") || cursor.sees("CHANGE") {
        return modified(cursor);
    }
    if cursor.eat("DISABLE TRIGGER") {
        return cursor.name().map(Clause::DisableTrigger);
    }
    if cursor.sees("ENABLE") && cursor.has("TRIGGER") {
        return Some(Clause::EnableTrigger);
    }
    if cursor.eat("ENABLE KEYS") {
        return Some(Clause::EnableKeys);
    }
    if cursor.eat("ATTACH PARTITION") {
        return cursor.place().map(Clause::AttachPartition);
    }
    if cursor.eat("DETACH PARTITION") {
        let name = cursor.place()?;
        return Some(Clause::DetachPartition { name, concurrently: cursor.sees("CONCURRENTLY") });
    }
    setting(cursor)
}

fn add(cursor: &mut Cursor<'_, '_>) -> Option<Clause> {
    if let Some(constraint) = constraint(cursor) {
        return Some(Clause::AddConstraint(constraint));
    }
    if let Some(index) = inner_index(cursor) {
        return Some(Clause::AddIndex(index));
    }
    cursor.eat("COLUMN");
    cursor.if_exists();
    column(cursor).map(Clause::AddColumn)
}

fn drop(cursor: &mut Cursor<'_, '_>) -> Option<Clause> {
    let cascade = cursor.has("CASCADE");
    if cursor.eat("PRIMARY KEY") {
        return Some(Clause::DropConstraint { name: None, primary_key: true, cascade });
    }
    if cursor.eat("CONSTRAINT") || cursor.eat("FOREIGN KEY") || cursor.eat("CHECK") {
        cursor.if_exists();
        let name = Some(cursor.name()?);
        return Some(Clause::DropConstraint { name, primary_key: false, cascade });
    }
    if cursor.eat("INDEX") || cursor.eat("KEY") {
        cursor.if_exists();
        return cursor.name().map(Clause::DropIndex);
    }
    cursor.eat("COLUMN");
    cursor.if_exists();
    Some(Clause::DropColumn { name: cursor.name()?, cascade })
}

fn rename(cursor: &mut Cursor<'_, '_>, table: &str) -> Option<Clause> {
    if cursor.eat("CONSTRAINT") || cursor.eat("INDEX") || cursor.eat("KEY") {
        return Some(Clause::RenameRule);
    }
    if cursor.eat("TO") || cursor.eat("AS") {
        let name = cursor.place()?;
        let schema = table.rsplit_once('.').map(|(schema, _)| schema);
        let stays = |schema: &str| format!("{schema}.{name}");
        let is_plain = !name.contains('.');
        let name = schema.filter(|_| is_plain).map(stays).unwrap_or(name);
        return Some(Clause::RenameTable(name));
    }
    cursor.eat("COLUMN");
    let from = cursor.name()?;
    let to = cursor.eat("TO").then(|| cursor.name()).flatten()?;
    Some(Clause::RenameColumn { from, to })
}

/// What changes how a column counts.
const IDENTITY: [&str; 10] = [
    "ADD GENERATED",
    "SET GENERATED",
    "DROP IDENTITY",
    "RESTART",
    "SET INCREMENT",
    "SET START",
    "SET MINVALUE",
    "SET MAXVALUE",
    "SET CACHE",
    "SET CYCLE",
];

/// What stands behind `ALTER COLUMN name`.
fn altered(cursor: &mut Cursor<'_, '_>, column: String) -> Option<Clause> {
    if cursor.eat("SET NOT NULL") {
        Some(Clause::SetNotNull(column))
    } else if cursor.eat("DROP NOT NULL") {
        Some(Clause::DropNotNull(column))
    } else if cursor.eat("SET DEFAULT") || cursor.eat("DROP DEFAULT") {
        Some(Clause::Default(column))
    } else if cursor.eat("TYPE") || cursor.eat("SET DATA TYPE") {
        let sql_type = type_name(cursor);
        let collation = cursor.has("COLLATE");
        cursor.until(|cursor| cursor.sees("USING"));
        let using = cursor.eat("USING").then(|| cursor.rest());
        Some(Clause::SetType { column, sql_type, using, collation })
    } else if cursor.sees("SET EXPRESSION") {
        Some(Clause::SetExpression(column))
    } else if cursor.sees("DROP EXPRESSION") {
        Some(Clause::DropExpression(column))
    } else if IDENTITY.iter().any(|words| cursor.sees(words)) {
        Some(Clause::Identity(column))
    } else if cursor.sees("SET STATISTICS") || cursor.eat("SET") && cursor.sees_sign("(") {
        Some(Clause::Light)
    } else {
        None
    }
}

/// `MODIFY [COLUMN] column …`, `CHANGE [COLUMN] old new …`.
fn modified(cursor: &mut Cursor<'_, '_>) -> Option<Clause> {
    let changes = cursor.eat("CHANGE");
    cursor.eat("COLUMN");
    cursor.if_exists();
    let old = if changes { Some(cursor.name()?) } else { None };
    let column = column(cursor)?;
    Some(Clause::Modify { from: old.unwrap_or_else(|| column.name.clone()), column })
}

/// What is about the table as a whole.
fn setting(cursor: &mut Cursor<'_, '_>) -> Option<Clause> {
    for words in
        ["SET LOGGED", "SET UNLOGGED", "SET ACCESS METHOD", "SET TABLESPACE", "PARTITION BY"]
    {
        if cursor.sees(words) {
            return Some(Clause::Rewrite(words.to_owned()));
        }
    }
    for words in ["ROW_FORMAT", "KEY_BLOCK_SIZE", "PAGE_COMPRESSED", "FORCE"] {
        if cursor.sees(words) {
            return Some(Clause::Rebuild(words.to_owned()));
        }
    }
    if cursor.eat("SET SCHEMA") {
        return cursor.name().map(Clause::SetSchema);
    }
    if cursor.eat("ENGINE") {
        return Some(Clause::Engine(value(cursor).to_lowercase()));
    }
    if cursor.eat("CONVERT TO") {
        return charset(cursor).map(Clause::ConvertCharset);
    }
    if cursor.eat("ALGORITHM") {
        return Some(Clause::Algorithm(value(cursor).to_uppercase()));
    }
    if cursor.eat("LOCK") {
        return Some(Clause::LockMode(value(cursor).to_uppercase()));
    }
    let light =
        ["COMMENT", "AUTO_INCREMENT", "DEFAULT CHARSET", "DEFAULT CHARACTER SET", "CHARSET"];
    if light.iter().any(|words| cursor.sees(words)) {
        return Some(Clause::Light);
    }
    (cursor.eat("SET") || cursor.eat("RESET"))
        .then(|| cursor.sees_sign("("))?
        .then_some(Clause::Light)
}
