//! What several rules ask.

use super::*;

/// A name as SQL writes it: in quotes where it needs them, its schema before it.
pub(super) fn shown(name: &str) -> String {
    name.split('.').map(postgres::quote::ident).collect::<Vec<_>>().join(".")
}

/// Whether the column followed another one until this script: that one has all that it held.
pub(super) fn has_followed(statements: &[Statement], table: &str, column: &str) -> bool {
    let table = table.rsplit('.').next().unwrap_or(table);
    let ends = format!("DROP TRIGGER {} ", shown(&names::follows(table, column)));
    statements.iter().any(|it| it.text.starts_with(&ends))
}

/// Whether a name in small letters needs quotes, because it is a word of the engine's.
pub(super) fn is_word(engine: Dialect, name: &str) -> bool {
    let name = name.to_lowercase();
    let is_quoted = match engine {
        Dialect::Sqlite => sqlite::quote::ident(&name) != name,
        Dialect::Postgres => postgres::quote::ident(&name) != name,
        Dialect::Mysql => sql::is_reserved(&name),
    };
    sql::plain(&name) && is_quoted
}

/// The two statements that add a rule while others read and write.
pub(super) fn not_valid(scene: &Scene<'_>, table: &str, rule: &Constraint) -> String {
    let name = rule.name.as_deref().unwrap_or("…");
    let name = if rule.name.is_some() { shown(name) } else { name.to_owned() };
    let added = match &scene.action() {
        Action::AlterTable { clauses, .. } if clauses.len() == 1 => scene.statement.text.clone(),
        _ => format!("ALTER TABLE {} ADD CONSTRAINT {name} …", shown(table)),
    };
    format!(
        "{added} NOT VALID; and in the next migration ALTER TABLE {} VALIDATE CONSTRAINT {name};",
        shown(table)
    )
}

/// A finding for each column that gets a type of some kind.
pub(super) fn of_type(
    scene: &Scene<'_>,
    minded: impl Fn(&TypeText) -> bool,
    text: &str,
    safe: &str,
) -> Vec<Found> {
    let declared =
        scene.columns().into_iter().map(|it| (it.table, &it.column.name, &it.column.sql_type));
    let mut columns: Vec<(&str, &String, &String)> = declared.collect();
    for (table, clause) in scene.clauses() {
        if let Clause::SetType { column, sql_type, .. } = clause {
            columns.push((table, column, sql_type));
        }
    }
    let found = columns.into_iter().filter(|(_, _, sql_type)| minded(&TypeText::new(sql_type)));
    found.map(|(table, name, _)| Found::new(format!("{table}.{name}"), text).safe(safe)).collect()
}

/// The names of tables and columns that a statement gives: what they are of, and they.
pub(super) fn new_names(scene: &Scene<'_>) -> Vec<(String, String)> {
    let mut names = Vec::new();
    let mut table = |place: &str| {
        let bare = place.rsplit('.').next().unwrap_or(place).to_owned();
        names.push((place.to_owned(), bare));
    };
    if let Action::CreateTable(made) = scene.action() {
        table(&made.name);
    }
    for (_, clause) in scene.clauses() {
        if let Clause::RenameTable(to) = clause {
            table(to);
        }
    }
    for it in scene.columns().into_iter().filter(|it| !it.restated) {
        names.push((format!("{}.{}", it.table, it.column.name), it.column.name.clone()));
    }
    for (table, clause) in scene.clauses() {
        if let Clause::RenameColumn { from: _, to } = clause {
            names.push((format!("{table}.{to}"), to.clone()));
        }
    }
    names
}

/// Two indexes of a table of which the script made one.
pub(super) struct Pair {
    pub(super) table: String,
    pub(super) new: String,
    pub(super) old: String,
}

/// The pairs of indexes that are alike in some way, each with where the new one is made.
pub(super) fn pairs(
    whole: &Whole<'_>,
    alike: impl Fn(&IndexDef, &IndexDef) -> bool,
) -> Vec<(Pair, Spot)> {
    let mut found = Vec::new();
    for table in whole.after.tables() {
        let mut indexes: Vec<IndexDef> = table.indexes.iter().map(|it| it.index.clone()).collect();
        let keys = table.primary_key.clone();
        let key = IndexDef {
            name: Some("of the key".to_owned()),
            unique: true,
            keys,
            ..IndexDef::default()
        };
        indexes.insert(0, key);
        let before = whole.before.table(&table.name);
        for (at, new) in indexes.iter().enumerate() {
            // Names may change, and engines without a way to change them make the index anew.
            let is_new =
                |it: &KnownIndex| it.index.keys == new.keys && it.index.unique == new.unique;
            let was_there = before.is_some_and(|it| it.indexes.iter().any(is_new));
            let Some(spot) = made_at(whole, new).filter(|_| !was_there) else { continue };
            let others = indexes.iter().enumerate().filter(|(other, _)| *other != at);
            let old =
                others.map(|(_, it)| it).find(|old| is_comparable(new, old) && alike(new, old));
            // Of two that are both new the later one is told.
            let later =
                old.is_some_and(|old| made_at(whole, old).is_none_or(|other| other <= spot));
            if let Some(old) = old.filter(|_| later) {
                let pair = Pair { table: table.name.clone(), new: new.label(), old: old.label() };
                found.push((pair, spot));
            }
        }
    }
    found
}

fn is_comparable(new: &IndexDef, old: &IndexDef) -> bool {
    let plain = |it: &IndexDef| !it.partial && !it.includes && !it.keys.is_empty();
    plain(new) && plain(old) && new.method == old.method && new.label() != old.label()
}

/// Where an index gets its name.
fn made_at(whole: &Whole<'_>, index: &IndexDef) -> Option<Spot> {
    let makes = |it: &&Statement| {
        let by_itself =
            matches!(&it.action, Action::CreateIndex { index: made, .. } if made == index);
        let within =
            matches!(&it.action, Action::CreateTable(table) if table.indexes.contains(index));
        by_itself
            || within
            || matches!(&it.action, Action::AlterTable { clauses, .. }
            if clauses.contains(&Clause::AddIndex(index.clone())))
    };
    whole.statements.iter().find(makes).map(|it| Spot::Line(it.line))
}
