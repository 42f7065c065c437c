use std::collections::BTreeSet;

use diesel_autogen_evolve::Allowed;
use diesel_autogen_schema::{Change, Delta, Edit, Schema, Table, Text};

use crate::Error;

/// The models with what `--rename old:new` says as if it stood on the struct. What is said here is
/// said now: that `recorded` followed the same words once, as after a swap, does not count.
///
/// # Errors
/// When an argument is none, the old name is not in `recorded`, or the new one not in the models.
pub(super) fn with_renames(
    models: Schema,
    recorded: &mut Schema,
    renames: &[String],
) -> Result<Schema, Error> {
    let mut tables = models.tables.into_owned();
    // Tables first, so that a column can be named by the old or the new name of its table.
    for whole_tables in [true, false] {
        for argument in renames {
            let (old, new) = argument.rsplit_once(':').ok_or_else(|| wrong(argument))?;
            match old.split_once('.') {
                None if whole_tables => rename_table(&mut tables, recorded, old, new)?,
                Some((table, column)) if !whole_tables => {
                    rename_column(&mut tables, recorded, table, column, new)?;
                }
                None | Some(_) => {}
            }
        }
    }
    if !renames.is_empty() {
        forget(recorded, &tables, renames);
    }
    Ok(Schema::of(tables))
}

/// Takes away what the snapshot says of renames that are asked for anew.
fn forget(recorded: &mut Schema, models: &[Table], renames: &[String]) {
    let asked = |old: &str, new: &str| renames.iter().any(|it| *it == format!("{old}:{new}"));
    let asked = |hint: &Option<Text>, prefix: &[&str], new: &str| {
        let Some(from) = hint.as_deref() else { return false };
        prefix.iter().any(|prefix| asked(&format!("{prefix}{from}"), new))
    };
    for table in recorded.tables.to_mut() {
        if asked(&table.renamed_from, &[""], &table.name) {
            table.renamed_from = None;
        }
        let now = models.iter().find(|it| it.renamed_from.as_ref() == Some(&table.name));
        let now = format!("{}.", now.map_or(&table.name, |it| &it.name));
        let prefix = [now.as_str(), &format!("{}.", table.name)];
        for column in table.columns.to_mut() {
            if asked(&column.renamed_from, &prefix, &column.name) {
                column.renamed_from = None;
            }
        }
    }
}

fn wrong(argument: &str) -> Error {
    Error::usage(format!(
        "`--rename {argument}` is no rename: write --rename users.name:full_name, or \
         --rename people:users for a table"
    ))
}

fn rename_table(
    tables: &mut [Table],
    recorded: &Schema,
    old: &str,
    new: &str,
) -> Result<(), Error> {
    if recorded.table(old).is_none() {
        let known = recorded.tables.iter().map(|it| it.name.as_ref());
        return Err(unknown("table", old, "in the last snapshot", old, known));
    }
    let known: Vec<String> = tables.iter().map(|it| it.name.to_string()).collect();
    let Some(table) = tables.iter_mut().find(|it| it.name == new) else {
        return Err(unknown("table", new, "a model", new, known.iter().map(String::as_str)));
    };
    table.renamed_from = Some(old.to_owned().into());
    Ok(())
}

fn rename_column(
    tables: &mut [Table],
    recorded: &Schema,
    table: &str,
    old: &str,
    new: &str,
) -> Result<(), Error> {
    let found = tables
        .iter_mut()
        .find(|it| it.name == table || it.renamed_from.as_deref() == Some(table))
        .ok_or_else(|| unknown("table", table, "a model", table, std::iter::empty()))?;
    let before = found
        .renamed_from
        .as_deref()
        .and_then(|from| recorded.table(from))
        .or_else(|| recorded.table(&found.name));
    if before.and_then(|it| it.column(old)).is_none() {
        let known = before.into_iter().flat_map(|it| it.columns.iter());
        let known = known.map(|it| it.name.as_ref());
        return Err(unknown(
            "column",
            &format!("{table}.{old}"),
            "in the last snapshot",
            old,
            known,
        ));
    }
    let known: Vec<String> = found.columns.iter().map(|it| it.name.to_string()).collect();
    let Some(column) = found.columns.to_mut().iter_mut().find(|it| it.name == new) else {
        let name = format!("{table}.{new}");
        return Err(unknown(
            "column",
            &name,
            "in the model",
            new,
            known.iter().map(String::as_str),
        ));
    };
    column.renamed_from = Some(old.to_owned().into());
    Ok(())
}

fn unknown<'a>(
    kind: &str,
    name: &str,
    place: &str,
    spelled: &str,
    known: impl Iterator<Item = &'a str>,
) -> Error {
    let nearest = known
        .map(|it| (strsim::jaro_winkler(it, spelled), it))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, it)| format!("; did you mean `{it}`?"));
    let nearest = nearest.unwrap_or_default();
    Error::usage(format!("--rename: {kind} `{name}` is not {place}{nearest}"))
}

/// What is said about foreign keys to tables that neither a model nor a migration makes: SQLite
/// takes them, and then no row.
pub(super) fn dangling(models: &Schema, live: &Schema) -> Vec<String> {
    let tables = models.tables.iter().chain(live.tables.iter());
    let names: BTreeSet<String> = tables.map(|table| table.name.to_ascii_lowercase()).collect();
    let is_there = |name: &str| names.contains(&name.to_ascii_lowercase());
    let keys = models.tables.iter().flat_map(|table| {
        table.foreign_keys.iter().map(|key| (&table.name, key)).collect::<Vec<_>>()
    });
    keys.filter(|(_, key)| !is_there(&key.table))
        .map(|(table, key)| {
            format!(
                "`{}` refers from `{table}` to `{}`, which no model and no migration makes: until \
                 it is there, `{table}` takes no row",
                key.name, key.table
            )
        })
        .collect()
}

/// Objects of `--allow-loss` that the changes do not touch, so nothing of them can be lost.
pub(super) fn unused_allowances(allowed: &Allowed, changes: &[Change]) -> Vec<String> {
    let mut touched: Vec<String> = Vec::new();
    for change in changes {
        touched.extend(change.dropped().map(|table| table.place().to_string()));
        let Some(change) = change.altered() else { continue };
        for edit in &change.edits {
            if let Edit::Column(Delta::Removed(column) | Delta::Changed { before: column, .. }) =
                edit
            {
                touched.push(format!("{}.{}", change.before.place(), column.name));
            }
        }
    }
    allowed.loss.iter().filter(|object| !touched.contains(object)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel_autogen_schema::{Column, SqlType};

    fn schema(table: &str, column: &str) -> Schema {
        let mut it = Table::new(table.to_owned().into());
        it.columns =
            vec![Column::new(column.to_owned().into(), SqlType::Text { max_length: None })].into();
        Schema::of(vec![it])
    }

    fn renamed(arguments: &[&str]) -> Result<Schema, String> {
        let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
        with_renames(schema("users", "email"), &mut schema("people", "mail"), &arguments)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn renames_become_hints_whatever_their_order() {
        for table in ["people", "users"] {
            let column = format!("{table}.mail:email");
            let schema = renamed(&[&column, "people:users"]).unwrap();
            assert_eq!(schema.tables[0].renamed_from.as_deref(), Some("people"));
            assert_eq!(schema.tables[0].columns[0].renamed_from.as_deref(), Some("mail"));
        }
    }

    #[test]
    fn renames_of_nothing_are_refused() {
        for (argument, expected) in [
            ("mail", "`--rename mail` is no rename"),
            (
                "peeple:users",
                "--rename: table `peeple` is not in the last snapshot; did you mean `people`?",
            ),
            ("people:user", "--rename: table `user` is not a model; did you mean `users`?"),
            ("other.mail:email", "--rename: table `other` is not a model"),
        ] {
            let error = renamed(&[argument]).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
        let error = renamed(&["people:users", "users.mial:email"]).unwrap_err();
        assert!(error.ends_with("not in the last snapshot; did you mean `mail`?"), "{error}");
        let error = renamed(&["people:users", "users.mail:emial"]).unwrap_err();
        assert!(error.ends_with("is not in the model; did you mean `email`?"), "{error}");
    }
}
