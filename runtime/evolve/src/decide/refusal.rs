use std::fmt;

use diesel_autogen_schema::words::type_name;
use diesel_autogen_schema::{Column, SqlType};

/// Why a migration is not written: it holds both sides and says the ways out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A column went and a like one came: perhaps it has another name now.
    ColumnRenamed {
        /// Table before.
        table: String,
        /// The column that went.
        before: Column,
        /// Those that came and may be it, the likeliest first.
        after: Vec<Column>,
    },
    /// A table went and a like one came.
    TableRenamed {
        /// The table that went.
        before: String,
        /// Those that came and may be it, the likeliest first.
        after: Vec<String>,
    },
    /// A required column has nothing for the rows that are there.
    NothingForRows {
        /// Table after.
        table: String,
        /// The column as it was, unless it is new.
        before: Option<Column>,
        /// The column as it shall be.
        after: Column,
    },
    /// A change of type that does not carry every value.
    Type {
        /// Table before.
        table: String,
        /// The column as it was.
        before: Column,
        /// The column as it shall be.
        after: Column,
        /// What goes wrong, as a fragment.
        reason: &'static str,
    },
    /// Labels that went while rows may hold them.
    Labels {
        /// Table before.
        table: String,
        /// The column as it was.
        before: Column,
        /// The column as it shall be.
        after: Column,
        /// The labels that went, in declaration order.
        gone: Vec<String>,
    },
    /// A column or a table would go, with what it holds.
    Dropped {
        /// What goes, and what to allow or to retire: `users`, `users.bio`.
        object: String,
        /// What it is: `column`, `table`.
        what: &'static str,
    },
    /// Values would be lost.
    Loss {
        /// What is lost, and what to allow: `users.bio`.
        object: String,
        /// How, as a fragment: `its values are computed anew`.
        how: &'static str,
    },
    /// What no model claims stands in the way, and only a person can change it.
    InUse {
        /// What would go: `users`, `users.bio`.
        object: String,
        /// What needs it: ``view `active` ``.
        by: String,
    },
    /// The engine cannot do it at all.
    Unsupported {
        /// What it is about.
        object: String,
        /// Why, as a fragment.
        reason: &'static str,
    },
}

/// What a [`Refusal`] asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefusalKind {
    /// A person has to say what is meant.
    Decision,
    /// A person has to allow that something is lost.
    Loss,
    /// It has to be done in another way.
    Unsupported,
}

impl RefusalKind {
    /// The exit code that a command ends with.
    pub const fn exit_code(self) -> u8 {
        match self {
            RefusalKind::Decision | RefusalKind::Unsupported => 4,
            RefusalKind::Loss => 5,
        }
    }
}

impl Refusal {
    /// What it asks for.
    pub fn kind(&self) -> RefusalKind {
        match self {
            Refusal::ColumnRenamed { .. }
            | Refusal::TableRenamed { .. }
            | Refusal::NothingForRows { .. }
            | Refusal::Type { .. }
            | Refusal::Labels { .. } => RefusalKind::Decision,
            Refusal::Dropped { .. } | Refusal::Loss { .. } => RefusalKind::Loss,
            Refusal::InUse { .. } | Refusal::Unsupported { .. } => RefusalKind::Unsupported,
        }
    }

    /// What it is about: `users`, `users.email`.
    pub fn object(&self) -> String {
        match self {
            Refusal::ColumnRenamed { table, before, after: _ }
            | Refusal::Type { table, before, after: _, reason: _ }
            | Refusal::Labels { table, before, after: _, gone: _ } => {
                format!("{table}.{}", before.name)
            }
            Refusal::NothingForRows { table, before: _, after } => {
                format!("{table}.{}", after.name)
            }
            Refusal::TableRenamed { before, after: _ } => before.clone(),
            Refusal::Dropped { object, what: _ }
            | Refusal::Loss { object, how: _ }
            | Refusal::InUse { object, by: _ }
            | Refusal::Unsupported { object, reason: _ } => object.clone(),
        }
    }

    /// What is wrong, as one fragment.
    pub fn message(&self) -> String {
        let object = self.object();
        match self {
            Refusal::ColumnRenamed { table: _, before: _, after } => {
                let names: Vec<&str> = after.iter().map(|column| column.name.as_ref()).collect();
                format!("`{object}` is gone and {} is new: renamed or dropped?", either(&names))
            }
            Refusal::TableRenamed { before: _, after } => {
                let names: Vec<&str> = after.iter().map(String::as_str).collect();
                format!(
                    "table `{object}` is gone and {} is new: renamed or dropped?",
                    either(&names)
                )
            }
            Refusal::NothingForRows { table: _, before: None, after: _ } => {
                format!(
                    "`{object}` is new and required, but rows that are there have no value for it"
                )
            }
            Refusal::NothingForRows { table: _, before: Some(_), after: _ } => {
                format!("`{object}` becomes required, but rows may hold NULL")
            }
            Refusal::Type { table: _, before, after, reason } => {
                let (from, to) = (spelled(&before.sql_type), spelled(&after.sql_type));
                format!("`{object}` changes from {from} to {to}: {reason}")
            }
            Refusal::Labels { table: _, before: _, after: _, gone } => {
                let names: Vec<&str> = gone.iter().map(String::as_str).collect();
                format!("`{object}` loses {}, which rows may hold", listed("label", &names))
            }
            Refusal::Dropped { object: _, what } => {
                format!("`{object}` would lose data: the {what} is dropped")
            }
            Refusal::Loss { object: _, how } => format!("`{object}` would lose data: {how}"),
            Refusal::InUse { object: _, by } => {
                format!("`{object}` is used by {by}, which no model claims")
            }
            Refusal::Unsupported { object: _, reason } => format!("`{object}` {reason}"),
        }
    }

    /// Ways out, one fragment each, with the exact attribute or flag to write.
    pub fn ways_out(&self) -> Vec<String> {
        let object = self.object();
        let allow = format!("lose it: `--allow-loss {object}`");
        let retire = format!("keep it for now under another name: `--retire {object}`");
        match self {
            Refusal::ColumnRenamed { table: _, before, after } => {
                let names = after.iter().map(|column| column.name.as_ref());
                renames(&object, &before.name, names, "column", [retire, allow])
            }
            Refusal::TableRenamed { before, after } => {
                let names = after.iter().map(String::as_str);
                renames(&object, before, names, "model", [retire, allow])
            }
            Refusal::NothingForRows { table: _, before, after } => {
                fillings(&object, before.as_ref(), after)
            }
            Refusal::Type { table: _, before, after, reason: _ } => vec![
                format!(
                    "say what becomes of the values: `#[column(using = \"… {} …\")]` on `{}`",
                    before.name, after.name
                ),
                format!("convert as the database does: `--allow-loss {object}`"),
            ],
            Refusal::Labels { table: _, before: _, after, gone } => {
                let hints = gone.iter().map(|label| {
                    format!(
                        "give its rows to another label: `#[db_enum(renamed_from = \"{label}\")]` \
                         on that variant"
                    )
                });
                let using = format!(
                    "say what becomes of the values: `#[column(using = \"…\")]` on `{}`",
                    after.name
                );
                let fail = format!(
                    "no row holds it, and the migration fails before anything changes if one does: \
                     `--allow-loss {object}`"
                );
                hints.chain([using, fail]).collect()
            }
            Refusal::Dropped { object: _, what: _ } => vec![retire, allow],
            Refusal::Loss { object: _, how: _ } => vec![allow],
            Refusal::InUse { object: _, by: _ } => vec![
                "change or drop it first in a migration of your own: `generate --empty`".to_owned(),
            ],
            Refusal::Unsupported { object: _, reason: _ } => {
                vec!["write it by hand: `generate --empty`".to_owned()]
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())?;
        for way in self.ways_out() {
            write!(f, "\n  {way}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

/// What rows can get that have nothing.
fn fillings(object: &str, before: Option<&Column>, after: &Column) -> Vec<String> {
    let name = &after.name;
    let mut ways = vec![format!("fill the rows: `#[column(backfill = \"…\")]` on `{name}`")];
    // A key that the database makes up has no default and is never NULL.
    if after.identity.is_none() {
        ways.push(format!("let the database fill it: `#[column(default = \"…\")]` on `{name}`"));
        ways.push("let it be NULL: make the field an `Option`".to_owned());
    }
    if let Some(before) = before {
        let table = object.strip_suffix(&**name).unwrap_or_default();
        ways.push(format!(
            "no row holds it, and the migration fails before anything changes if one does: \
             `--allow-loss {table}{}`",
            before.name
        ));
    }
    ways
}

fn renames<'a>(
    object: &str,
    before: &str,
    after: impl Iterator<Item = &'a str>,
    attribute: &str,
    otherwise: [String; 2],
) -> Vec<String> {
    let mut ways = Vec::new();
    for name in after {
        ways.push(format!(
            "renamed: `#[{attribute}(renamed_from = \"{before}\")]` on `{name}`, \
             or `--rename {object}:{name}`"
        ));
    }
    ways.extend(otherwise);
    ways
}

fn either(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(" or ")
}

fn listed(noun: &str, names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let plural = if names.len() == 1 { "" } else { "s" };
    format!("{noun}{plural} {}", quoted.join(", "))
}

fn spelled(of: &SqlType) -> String {
    match of {
        // What labels there are is told beside it.
        SqlType::Enum(_) | SqlType::Custom(_) => of.diesel_name().to_owned(),
        other => type_name(other),
    }
}
