use std::collections::BTreeSet;

use diesel_autogen_evolve::Allowed;
use diesel_autogen_schema::{Change, Delta, Edit, Expr, PUBLIC, Place, Schema, Table, Text};

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
            match Old::meant(old, recorded) {
                Old::Table(old) if whole_tables => rename_table(&mut tables, recorded, old, new)?,
                Old::Column(table, column) if !whole_tables => {
                    rename_column(&mut tables, recorded, table, column, new)?;
                }
                Old::Table(_) | Old::Column(..) => {}
            }
        }
    }
    if !renames.is_empty() {
        forget(recorded, &tables, renames);
    }
    Ok(Schema { tables: tables.into(), extensions: models.extensions })
}

/// The models with what `--backfill column=SQL` says as if it stood on the field.
///
/// # Errors
/// When an argument is none, or no model has the column.
pub(super) fn with_backfills(models: Schema, backfills: &[String]) -> Result<Schema, Error> {
    let mut tables = models.tables.into_owned();
    for argument in backfills {
        let (object, sql) = argument
            .split_once('=')
            .filter(|(_, sql)| !sql.trim().is_empty())
            .ok_or_else(|| {
                Error::usage(format!(
                    "`--backfill {argument}` says no value: write --backfill users.email=\"lower(name)\""
                ))
            })?;
        let (table, name) = object.rsplit_once('.').unwrap_or_default();
        let table = position(&tables, table).map(|at| &mut tables[at]);
        let column = table
            .and_then(|table| table.columns.to_mut().iter_mut().find(|column| column.name == name));
        let column = column.ok_or_else(|| {
            Error::usage(format!(
                "--backfill: no model has a column `{object}`: write users.email=…"
            ))
        })?;
        column.backfill = Some(Expr::from(sql.trim().to_owned()));
    }
    Ok(Schema { tables: tables.into(), extensions: models.extensions })
}

/// What has another name now, as it is written.
enum Old<'a> {
    /// A table: `people`, `auth.people`.
    Table(&'a str),
    /// A column of a table: `users.name`, `auth.users.name`.
    Column(&'a str, &'a str),
}

impl<'a> Old<'a> {
    /// `a.b` is a table in a schema if there is one, else a column.
    fn meant(text: &'a str, recorded: &Schema) -> Old<'a> {
        match text.rsplit_once('.') {
            Some((table, column)) if find(&recorded.tables, text).is_none() => {
                Old::Column(table, column)
            }
            Some(_) | None => Old::Table(text),
        }
    }
}

/// The table that is written so: by its name, or by its schema and its name.
fn find<'t>(tables: &'t [Table], text: &str) -> Option<&'t Table> {
    position(tables, text).map(|at| &tables[at])
}

fn position(tables: &[Table], text: &str) -> Option<usize> {
    let mut places = Place::meant(text, None).into_iter();
    places.find_map(|place| tables.iter().position(|table| table.place() == place))
}

/// A hint on a table beside which `place` is written as it is read there.
fn hint(place: Place<'_>, beside: &Table) -> Text {
    if place.schema == beside.schema.as_deref() {
        place.name.to_owned().into()
    } else {
        format!("{}.{}", place.schema.unwrap_or(PUBLIC), place.name).into()
    }
}

/// The table of `recorded` that a model is said to have been.
fn was<'t>(recorded: &'t Schema, model: &Table) -> Option<&'t Table> {
    let from = model.renamed_from.as_deref()?;
    let mut places = Place::meant(from, model.schema.as_deref()).into_iter();
    places.find_map(|place| recorded.at(place))
}

/// Takes away what the snapshot says of renames that are asked for anew.
fn forget(recorded: &mut Schema, models: &[Table], renames: &[String]) {
    let asked = |old: &str, new: &str| renames.iter().any(|it| *it == format!("{old}:{new}"));
    let asked = |hint: &Option<Text>, prefix: &[&str], new: &str| {
        let Some(from) = hint.as_deref() else { return false };
        prefix.iter().any(|prefix| asked(&format!("{prefix}{from}"), new))
    };
    let whole = recorded.clone();
    for table in recorded.tables.to_mut() {
        let place = table.place().to_string();
        if asked(&table.renamed_from, &[""], &place) {
            table.renamed_from = None;
        }
        let now = models
            .iter()
            .find(|it| was(&whole, it).is_some_and(|before| before.place() == table.place()));
        let now = format!("{}.", now.map_or(place.clone(), |it| it.place().to_string()));
        let prefix = [now.as_str(), &format!("{place}.")];
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
    let places = |tables: &[Table]| -> Vec<String> {
        tables.iter().map(|it| it.place().to_string()).collect()
    };
    let Some(before) = find(&recorded.tables, old) else {
        return Err(unknown("table", old, "in the last snapshot", old, &places(&recorded.tables)));
    };
    let Some(at) = position(tables, new) else {
        return Err(unknown("table", new, "a model", new, &places(tables)));
    };
    tables[at].renamed_from = Some(hint(before.place(), &tables[at]));
    Ok(())
}

fn rename_column(
    tables: &mut [Table],
    recorded: &Schema,
    table: &str,
    old: &str,
    new: &str,
) -> Result<(), Error> {
    let by_old_name = || {
        let before = find(&recorded.tables, table)?;
        let is_it = |it: &Table| was(recorded, it).is_some_and(|it| it.place() == before.place());
        tables.iter().position(is_it)
    };
    let at = position(tables, table)
        .or_else(by_old_name)
        .ok_or_else(|| unknown("table", table, "a model", table, &[]))?;
    let found = &mut tables[at];
    let before = was(recorded, found).or_else(|| recorded.at(found.place()));
    let names = |table: &Table| -> Vec<String> {
        table.columns.iter().map(|it| it.name.to_string()).collect()
    };
    if before.and_then(|it| it.column(old)).is_none() {
        let name = format!("{table}.{old}");
        let known = before.map(names).unwrap_or_default();
        return Err(unknown("column", &name, "in the last snapshot", old, &known));
    }
    let known = names(found);
    let Some(column) = found.columns.to_mut().iter_mut().find(|it| it.name == new) else {
        let name = format!("{table}.{new}");
        return Err(unknown("column", &name, "in the model", new, &known));
    };
    column.renamed_from = Some(old.to_owned().into());
    Ok(())
}

fn unknown(kind: &str, name: &str, place: &str, spelled: &str, known: &[String]) -> Error {
    let nearest = known
        .iter()
        .map(|it| (likeness(it, spelled), it))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, it)| format!("; did you mean `{it}`?"));
    let nearest = nearest.unwrap_or_default();
    Error::usage(format!("--rename: {kind} `{name}` is not {place}{nearest}"))
}

/// How like what is written a name is, with its schema or without.
fn likeness(known: &str, spelled: &str) -> f64 {
    let name = known.rsplit_once('.').map_or(known, |(_, name)| name);
    strsim::jaro_winkler(known, spelled).max(strsim::jaro_winkler(name, spelled))
}

/// What is said about foreign keys to tables that neither a model nor a migration makes: SQLite
/// takes them, and then no row.
pub(super) fn dangling<'t>(
    models: &'t Schema,
    live: impl Iterator<Item = &'t Table>,
) -> Vec<String> {
    let folded = |place: Place<'_>| place.to_string().to_ascii_lowercase();
    let there: BTreeSet<String> =
        models.tables.iter().chain(live).map(|table| folded(table.place())).collect();
    let keys = models.tables.iter().flat_map(|table| {
        table.foreign_keys.iter().map(|key| (table.place(), key)).collect::<Vec<_>>()
    });
    keys.filter(|(_, key)| !there.contains(&folded(key.target())))
        .map(|(table, key)| {
            format!(
                "`{}` refers from `{table}` to `{}`, which no model and no migration makes: until \
                 it is there, `{table}` takes no row",
                key.name,
                key.target()
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

    fn at(schema_name: Option<&'static str>, table: &str, column: &str) -> Schema {
        let mut it = schema(table, column);
        it.tables.to_mut()[0].schema = schema_name.map(Into::into);
        it
    }

    #[test]
    fn tables_of_named_schemas_are_written_with_them() {
        let renamed = |before: Schema, after: Schema, arguments: &[&str]| {
            let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
            with_renames(after, &mut before.clone(), &arguments).map_err(|error| error.to_string())
        };
        let (auth, plain) = (Some("auth"), None);
        let moved = renamed(
            at(plain, "people", "mail"),
            at(auth, "users", "email"),
            &["people:auth.users", "auth.users.mail:email"],
        );
        let moved = moved.unwrap();
        assert_eq!(moved.tables[0].renamed_from.as_deref(), Some("public.people"));
        assert_eq!(moved.tables[0].columns[0].renamed_from.as_deref(), Some("mail"));
        let back = renamed(
            at(auth, "users", "email"),
            at(plain, "people", "mail"),
            &["auth.users:people", "people.email:mail"],
        );
        assert_eq!(back.unwrap().tables[0].renamed_from.as_deref(), Some("auth.users"));
        let within =
            renamed(at(auth, "a", "x"), at(auth, "b", "y"), &["auth.a:auth.b", "auth.a.x:y"]);
        let within = within.unwrap();
        assert_eq!(within.tables[0].renamed_from.as_deref(), Some("a"));
        assert_eq!(within.tables[0].columns[0].renamed_from.as_deref(), Some("x"));
        let error = renamed(at(auth, "a", "x"), at(auth, "b", "y"), &["a:auth.b"]).unwrap_err();
        assert_eq!(
            error,
            "--rename: table `a` is not in the last snapshot; did you mean `auth.a`?"
        );
    }
}
