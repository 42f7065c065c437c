//! What changes do, whatever the engine, for the tables of what was tried.

use diesel_autogen_schema::{Change, Column, Delta, Edit, SqlType};

/// What a change of a table or of an extension does.
pub(crate) fn change(change: &Change, see: &mut impl FnMut(bool, &'static str)) {
    match change {
        Change::CreateTable(_) => see(true, "create table"),
        Change::DropTable(_) => see(true, "drop table"),
        Change::CreateExtension(_) => see(true, "create extension"),
        Change::DropExtension(_) => see(true, "drop extension"),
        Change::AlterTable(change) => {
            see(true, "alter table");
            see(change.before.name != change.after.name, "rename table");
            see(swaps(&change.column_renames()), "swap columns");
            change.edits.iter().for_each(|it| see(true, edit(it)));
        }
    }
}

/// Whether two took each other's name.
pub(crate) fn swaps<T: PartialEq + Copy>(renames: &[(T, T)]) -> bool {
    renames.iter().any(|(from, to)| from != to && renames.contains(&(*to, *from)))
}

fn edit(edit: &Edit) -> &'static str {
    match edit {
        Edit::Column(delta) => way(delta, ["add column", "drop column", "change column"]),
        Edit::PrimaryKey { .. } => "change key",
        Edit::Unique(delta) => way(delta, ["add unique", "drop unique", "change unique"]),
        Edit::Index(delta) => way(delta, ["add index", "drop index", "change index"]),
        Edit::Check(delta) => way(delta, ["add check", "drop check", "change check"]),
        Edit::Exclusion(delta) => {
            way(delta, ["add exclusion", "drop exclusion", "change exclusion"])
        }
        Edit::ForeignKey(delta) => {
            way(delta, ["add reference", "drop reference", "change reference"])
        }
        Edit::Strict { .. } => "toggle strict",
        Edit::WithoutRowid { .. } => "toggle without rowid",
        Edit::Comment { .. } => "change comment",
        Edit::Extras { .. } => "change parameters",
    }
}

fn way<T>(delta: &Delta<T>, [added, removed, changed]: [&'static str; 3]) -> &'static str {
    match delta {
        Delta::Added(_) => added,
        Delta::Removed(_) => removed,
        Delta::Changed { .. } => changed,
    }
}

/// What became of a column, where enums are types or lists of labels of their own.
pub(crate) fn column(before: &Column, after: &Column, see: &mut impl FnMut(bool, &'static str)) {
    let labels = |of: &SqlType| of.enumeration().map(|it| it.place().to_string());
    let same_enum =
        labels(&before.sql_type).is_some() && labels(&before.sql_type) == labels(&after.sql_type);
    let differs = !before.sql_type.same_facts(&after.sql_type);
    let (retyped, renamed) = (differs && !same_enum, before.name != after.name);
    see(retyped, "retype column");
    see(differs && same_enum, "change labels");
    see(renamed, "rename column");
    see(retyped && renamed, "rename and retype column");
    see(before.nullable != after.nullable, "change required");
    see(before.default != after.default, "change default");
    see(before.collation != after.collation, "change collation");
    match (&before.generated, &after.generated) {
        (None, Some(_)) => see(true, "begin computing"),
        (Some(_), None) => see(true, "end computing"),
        (Some(a), Some(b)) => see(a != b, "compute otherwise"),
        (None, None) => {}
    }
    see(before.identity.is_none() && after.identity.is_some(), "begin numbering");
    see(before.identity.is_some() && after.identity.is_none(), "end numbering");
}
