//! Which stories to build: compiling all of them takes many minutes, and most tell nothing that
//! another one does not. Those that are chosen show everything that a change can be about.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use cli::source::{Request, read};
use diesel_autogen_schema::{
    Change, Check, Column, Delta, Dialect, Edit, ForeignKey, Index, Schema, SqlType, TableChange,
    Unique, diff,
};

use crate::agreement::story::Story;

/// Everything that a change can be about on SQLite, sorted. Extensions, exclusions and extras are
/// of other engines; names of rules never change, since rules are known by them.
const KINDS: [&str; 41] = [
    "check added",
    "check changed: expr",
    "check removed",
    "column added",
    "column changed: collation",
    "column changed: comment",
    "column changed: default",
    "column changed: generated",
    "column changed: identity",
    "column changed: labels",
    "column changed: name",
    "column changed: nullable",
    "column changed: type",
    "column removed",
    "comment",
    "foreign key added",
    "foreign key changed: columns",
    "foreign key changed: deferrable",
    "foreign key changed: on delete",
    "foreign key changed: on update",
    "foreign key changed: references",
    "foreign key changed: table",
    "foreign key removed",
    "index added",
    "index changed: keys",
    "index changed: predicate",
    "index changed: unique",
    "index removed",
    "needs a decision",
    "nothing",
    "primary key",
    "strict given",
    "strict taken",
    "table created",
    "table dropped",
    "table renamed",
    "unique added",
    "unique changed: columns",
    "unique removed",
    "without rowid given",
    "without rowid taken",
];

/// How many of the stories that show something are built.
const OF_EACH: usize = 2;

type Kinds = BTreeSet<String>;

/// Stories that together show every kind, and every topic, each more than once where there are
/// enough; the same ones every time. They are those of SQLite, which needs no server to generate.
pub(crate) fn choose(stories: &[Story]) -> Vec<&Story> {
    let folder = tempfile::tempdir().unwrap();
    let stories = stories
        .iter()
        .filter(|story| story.engine == Dialect::Sqlite && story.expect.hand_written.is_none());
    let mut left: Vec<(&Story, Kinds)> =
        stories.map(|story| (story, kinds_of(story, folder.path()))).collect();
    let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
    for kind in left.iter().flat_map(|(_, kinds)| kinds) {
        let count = wanted.entry(kind.clone()).or_default();
        *count = OF_EACH.min(*count + 1);
    }
    let shown: Vec<&str> = wanted.keys().map(String::as_str).collect();
    let shown: Vec<&str> = shown.into_iter().filter(|kind| !kind.starts_with("topic ")).collect();
    assert_eq!(shown, KINDS, "what the stories show, and what there is");

    let mut chosen = Vec::new();
    while !wanted.is_empty() {
        let gain = |kinds: &Kinds| kinds.iter().filter(|kind| wanted.contains_key(*kind)).count();
        // Of several that show as much, the first by name.
        let best = (0..left.len()).rev().max_by_key(|at| gain(&left[*at].1));
        let (story, kinds) = left.remove(best.expect("what is wanted is shown"));
        for kind in kinds {
            if let Some(count) = wanted.get_mut(&kind) {
                *count -= 1;
            }
        }
        wanted.retain(|_, count| *count > 0);
        chosen.push(story);
    }
    chosen.sort_by(|a, b| (&a.topic, &a.name).cmp(&(&b.topic, &b.name)));
    chosen
}

fn kinds_of(story: &Story, folder: &Path) -> Kinds {
    let before = schema(folder, &story.before);
    let after = schema(folder, &story.after);
    let mut kinds = Kinds::from([format!("topic {}", story.topic)]);
    if story.expect.refused.is_some() {
        kinds.insert("needs a decision".to_owned());
    }
    match diff(&before, &after) {
        Ok(changes) if changes.is_empty() => _ = kinds.insert("nothing".to_owned()),
        Ok(changes) => changes.iter().for_each(|change| tell(change, &mut kinds)),
        Err(_) => _ = kinds.insert("needs a decision".to_owned()),
    }
    kinds
}

fn schema(folder: &Path, source: &str) -> Schema {
    let manifest = folder.join("Cargo.toml");
    let section = "[package]\nname = \"story\"\nedition = \"2024\"\n\n\
                   [package.metadata.diesel_autogen]\nbackend = \"sqlite\"\n";
    fs::write(&manifest, section).unwrap();
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("src/lib.rs"), source).unwrap();
    read(&Request { manifest_path: Some(manifest), ..Request::default() }).unwrap().schema
}

fn tell(change: &Change, kinds: &mut Kinds) {
    let mut add = |kind: &str| _ = kinds.insert(kind.to_owned());
    match change {
        Change::CreateTable(_) => add("table created"),
        Change::DropTable(_) => add("table dropped"),
        Change::AlterTable(TableChange { before, after, edits }) => {
            if before.place() != after.place() {
                add("table renamed");
            }
            edits.iter().for_each(|edit| tell_edit(edit, kinds));
        }
        Change::CreateExtension(_) => add("extension created"),
        Change::DropExtension(_) => add("extension dropped"),
    }
}

fn tell_edit(edit: &Edit, kinds: &mut Kinds) {
    let mut add = |kind: &str| _ = kinds.insert(kind.to_owned());
    match edit {
        Edit::Column(delta) => tell_delta("column", delta, column, kinds),
        Edit::PrimaryKey { before: _, after: _ } => add("primary key"),
        Edit::Unique(delta) => tell_delta("unique", delta, unique, kinds),
        Edit::Index(delta) => tell_delta("index", delta, index, kinds),
        Edit::Check(delta) => tell_delta("check", delta, check, kinds),
        Edit::Exclusion(_) => add("exclusion"),
        Edit::ForeignKey(delta) => tell_delta("foreign key", delta, foreign_key, kinds),
        Edit::Strict { after } => add(if *after { "strict given" } else { "strict taken" }),
        Edit::WithoutRowid { after } => {
            add(if *after { "without rowid given" } else { "without rowid taken" });
        }
        Edit::Extras { before: _, after: _ } => add("extras"),
        Edit::Comment { before: _, after: _ } => add("comment"),
    }
}

/// Facts and whether they differ.
type Facts = Vec<(&'static str, bool)>;

fn tell_delta<T>(what: &str, delta: &Delta<T>, facts: fn(&T, &T) -> Facts, kinds: &mut Kinds) {
    match delta {
        Delta::Added(_) => _ = kinds.insert(format!("{what} added")),
        Delta::Removed(_) => _ = kinds.insert(format!("{what} removed")),
        Delta::Changed { before, after } => {
            let differ = facts(before, after).into_iter().filter(|(_, differs)| *differs);
            kinds.extend(differ.map(|(fact, _)| format!("{what} changed: {fact}")));
        }
    }
}

fn column(before: &Column, after: &Column) -> Facts {
    let Column {
        name,
        sql_type,
        nullable,
        default,
        generated,
        identity,
        collation,
        extras,
        comment,
        renamed_from: _,
        backfill: _,
        using: _,
    } = before;
    let labels = matches!((sql_type, &after.sql_type), (SqlType::Enum(_), SqlType::Enum(_)));
    let differs = !sql_type.same_facts(&after.sql_type);
    vec![
        ("name", *name != after.name),
        ("type", differs && !labels),
        ("labels", differs && labels),
        ("nullable", *nullable != after.nullable),
        ("default", *default != after.default),
        ("generated", *generated != after.generated),
        ("identity", *identity != after.identity),
        ("collation", *collation != after.collation),
        ("extras", *extras != after.extras),
        ("comment", *comment != after.comment),
    ]
}

fn unique(before: &Unique, after: &Unique) -> Facts {
    let Unique { name, columns, extras } = before;
    vec![
        ("name", *name != after.name),
        ("columns", *columns != after.columns),
        ("extras", *extras != after.extras),
    ]
}

fn index(before: &Index, after: &Index) -> Facts {
    let Index { name, keys, unique, predicate, extras } = before;
    vec![
        ("name", *name != after.name),
        ("keys", *keys != after.keys),
        ("unique", *unique != after.unique),
        ("predicate", *predicate != after.predicate),
        ("extras", *extras != after.extras),
    ]
}

fn check(before: &Check, after: &Check) -> Facts {
    let Check { name, expr, extras } = before;
    vec![
        ("name", *name != after.name),
        ("expr", *expr != after.expr),
        ("extras", *extras != after.extras),
    ]
}

fn foreign_key(before: &ForeignKey, after: &ForeignKey) -> Facts {
    let ForeignKey {
        name,
        columns,
        schema,
        table,
        references,
        on_delete,
        on_update,
        deferrable,
        extras,
    } = before;
    vec![
        ("name", *name != after.name),
        ("columns", *columns != after.columns),
        ("table", *schema != after.schema || *table != after.table),
        ("references", *references != after.references),
        ("on delete", *on_delete != after.on_delete),
        ("on update", *on_update != after.on_update),
        ("deferrable", *deferrable != after.deferrable),
        ("extras", *extras != after.extras),
    ]
}
