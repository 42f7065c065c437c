use super::constraint::reference;
use super::cursor::Cursor;
use super::definition::{ColumnDef, Made};
use super::options::{charset, value};

/// Words that end a type or an expression because a clause of a column begins with them.
const CLAUSES: [&str; 26] = [
    "CONSTRAINT",
    "NOT NULL",
    "NULL",
    "DEFAULT",
    "PRIMARY KEY",
    "PRIMARY",
    "UNIQUE",
    "KEY",
    "CHECK",
    "REFERENCES",
    "GENERATED",
    "AS (",
    "COLLATE",
    "CHARACTER SET",
    "CHARSET",
    "AUTO_INCREMENT",
    "AUTOINCREMENT",
    "COMMENT",
    "ON UPDATE",
    "FIRST",
    "AFTER",
    "STORED",
    "VIRTUAL",
    "USING",
    "COMPRESSION",
    "VISIBLE",
];

/// A column: its name, its type and what else is said of it.
pub(super) fn column(cursor: &mut Cursor<'_, '_>) -> Option<ColumnDef> {
    let name = cursor.name()?;
    let sql_type = type_name(cursor);
    let counted = sql_type.ends_with("SERIAL")
        || ["SERIAL2", "SERIAL4", "SERIAL8"].contains(&sql_type.as_str());
    let mut column = ColumnDef { name, sql_type, not_null: counted, ..ColumnDef::default() };
    if counted {
        column.made = Made::Counted;
    }
    while !cursor.is_done() {
        clause(cursor, &mut column);
    }
    Some(column)
}

/// The type, in upper case but for the texts in it.
pub(super) fn type_name(cursor: &mut Cursor<'_, '_>) -> String {
    let text = cursor.until(begins_clause);
    // A type of one's own is a name, and quotes keep its case.
    let is_own = text.contains('"');
    let spaced = |part: &str| {
        let part = if is_own { part.to_owned() } else { part.to_uppercase() };
        let words: Vec<&str> = part.split_whitespace().collect();
        words.join(" ").replace(" (", "(").replace("( ", "(").replace(" )", ")").replace(", ", ",")
    };
    // Behind every second quote a text begins, and a quote in a text is two.
    let parts = text.split('\'').enumerate();
    let parts = parts.map(|(at, part)| if at % 2 == 0 { spaced(part) } else { part.to_owned() });
    parts.collect::<Vec<_>>().join("'")
}

fn begins_clause(cursor: &Cursor<'_, '_>) -> bool {
    cursor.sees_sign(",")
        || CLAUSES.iter().any(|words| match words.strip_suffix(" (") {
            Some(word) => {
                let mut ahead = cursor.clone();
                ahead.eat(word) && ahead.sees_sign("(")
            }
            None => cursor.sees(words),
        })
}

fn clause(cursor: &mut Cursor<'_, '_>, column: &mut ColumnDef) {
    if cursor.eat("CONSTRAINT") {
        cursor.name();
    } else if cursor.eat("NOT NULL") {
        column.not_null = true;
    } else if cursor.eat("DEFAULT") {
        column.default = Some(default(cursor));
    } else if cursor.eat("PRIMARY KEY") {
        (column.primary_key, column.not_null) = (true, true);
    } else if cursor.eat("UNIQUE") {
        cursor.eat("KEY");
        column.unique = true;
    } else if cursor.eat("CHECK") {
        column.check = cursor.group().map(|mut inner| inner.rest());
    } else if cursor.eat("REFERENCES") {
        column.references = reference(cursor);
    } else if cursor.eat("GENERATED") {
        generated(cursor, column);
    } else if cursor.sees("AS") {
        computed(cursor, column);
    } else if cursor.eat("AUTO_INCREMENT") || cursor.eat("AUTOINCREMENT") {
        column.made = Made::Counted;
    } else if let Some(charset) = charset(cursor) {
        column.charset = Some(charset);
    } else if cursor.eat("COLLATE") {
        column.collation = Some(value(cursor).to_lowercase());
    } else if cursor.eat("FIRST") || cursor.eat("AFTER") {
        column.placed = true;
    } else {
        cursor.skip();
    }
}

/// The value, up to the next clause. Its first word is part of it, whatever it is: `DEFAULT NULL`.
fn default(cursor: &mut Cursor<'_, '_>) -> String {
    let ahead = cursor.left().len();
    cursor.until(|cursor| cursor.left().len() < ahead && begins_clause(cursor))
}

fn generated(cursor: &mut Cursor<'_, '_>, column: &mut ColumnDef) {
    let _ = cursor.eat("ALWAYS") || cursor.eat("BY DEFAULT");
    if cursor.eat("AS IDENTITY") {
        cursor.group();
        (column.made, column.not_null) = (Made::Counted, true);
    } else {
        computed(cursor, column);
    }
}

fn computed(cursor: &mut Cursor<'_, '_>, column: &mut ColumnDef) {
    cursor.eat("AS");
    column.expr = cursor.group().map(|mut inner| inner.rest());
    column.made =
        if cursor.eat("STORED") || cursor.eat("PERSISTENT") { Made::Stored } else { Made::Virtual };
    cursor.eat("VIRTUAL");
}
