use super::column::column;
use super::constraint::{constraint, inner_index};
use super::cursor::Cursor;
use super::definition::{ColumnDef, Constraint, IndexDef, Made, RuleKind};
use super::options::{charset, value};

/// `CREATE TABLE`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateTable {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<ColumnDef>,
    /// The rules that stand beside the columns.
    pub constraints: Vec<Constraint>,
    /// The indexes that are declared with it.
    pub indexes: Vec<IndexDef>,
    /// Whether it takes its columns from elsewhere: `AS SELECT`, `LIKE`, `PARTITION OF`, `USING` of a
    /// virtual table.
    pub copied: bool,
    /// Whether one of that name may be there: `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// The table of which it is a part.
    pub partition_of: Option<String>,
    /// Whether it goes with the connection.
    pub temporary: bool,
    /// Storage engine, in lower case.
    pub engine: Option<String>,
    /// Character set, in lower case.
    pub charset: Option<String>,
    /// Collation, in lower case.
    pub collation: Option<String>,
}

impl CreateTable {
    /// The columns of the primary key.
    pub fn primary_key(&self) -> Vec<&str> {
        let inline = self.columns.iter().filter(|it| it.primary_key).map(|it| it.name.as_str());
        let beside = self.constraints.iter().filter_map(|it| match &it.kind {
            RuleKind::PrimaryKey(columns) => Some(columns),
            RuleKind::Unique(_)
            | RuleKind::Check(_)
            | RuleKind::ForeignKey(..)
            | RuleKind::Exclude
            | RuleKind::NotNull(_) => None,
        });
        inline.chain(beside.flatten().map(String::as_str)).collect()
    }

    /// Whether the column counts by itself.
    pub fn counts(&self, column: &str) -> bool {
        self.columns.iter().any(|it| it.name == column && it.made == Made::Counted)
    }
}

/// What stands behind `CREATE … TABLE`.
pub(super) fn table(cursor: &mut Cursor<'_, '_>, temporary: bool) -> Option<CreateTable> {
    let if_not_exists = cursor.if_exists();
    let name = cursor.place()?;
    let mut table = CreateTable { name, temporary, if_not_exists, ..CreateTable::default() };
    if cursor.eat("PARTITION OF") {
        table.partition_of = cursor.place();
        table.copied = true;
    }
    if let Some(mut body) = cursor.group() {
        body.parts().into_iter().for_each(|part| member(part, &mut table));
    }
    while !cursor.is_done() {
        if cursor.eat("ENGINE") {
            table.engine = Some(value(cursor).to_lowercase());
        } else if let Some(charset) = charset(cursor) {
            table.charset = Some(charset);
        } else if cursor.eat("COLLATE") {
            table.collation = Some(value(cursor).to_lowercase());
        } else if cursor.sees("AS") || cursor.sees("SELECT") || cursor.sees("LIKE") {
            table.copied = true;
            cursor.rest();
        } else {
            cursor.skip();
        }
    }
    Some(table)
}

fn member(mut part: Cursor<'_, '_>, table: &mut CreateTable) {
    if part.eat("LIKE") {
        table.copied = true;
    } else if let Some(constraint) = constraint(&mut part) {
        table.constraints.push(constraint);
    } else if let Some(index) = inner_index(&mut part) {
        table.indexes.push(index);
    } else if let Some(column) = column(&mut part) {
        table.columns.push(column);
    }
}
