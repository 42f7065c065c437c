use std::borrow::Cow;
use std::collections::BTreeMap;

use diesel_autogen_schema::{Dialect, Expr, ForeignKey, Live, Schema, Table, Text};

/// What the database holds, its names in the case in which the models have them: SQLite takes
/// another case of the same ASCII letters for the same name, PostgreSQL for another. MySQL does as
/// SQLite for columns and rules, and for tables it hangs on the server.
pub fn spelled<'l>(live: &'l Live, schemas: &[&Schema]) -> Cow<'l, Live> {
    match live.engine {
        Dialect::Sqlite | Dialect::Mysql => in_their_case(live, schemas),
        Dialect::Postgres => Cow::Borrowed(live),
    }
}

fn in_their_case<'l>(live: &'l Live, schemas: &[&Schema]) -> Cow<'l, Live> {
    // Names that are all in lower case, as most are, cannot differ in case.
    if std::iter::once(&&live.schema).chain(schemas).all(|schema| is_lower(schema)) {
        return Cow::Borrowed(live);
    }
    let mut known: BTreeMap<String, &Table> = BTreeMap::new();
    for table in schemas.iter().flat_map(|schema| &schema.tables[..]) {
        // The first schema decides.
        known.entry(table.name.to_ascii_lowercase()).or_insert(table);
    }
    let known = Known(known);
    let hangs = |table: &Text| known.find(table).is_none_or(|model| model.name == *table);
    if live.schema.tables.iter().all(|table| known.has(table))
        && live.objects.iter().all(|object| hangs(&object.table))
    {
        return Cow::Borrowed(live);
    }
    let mut live = live.clone();
    for table in live.schema.tables.to_mut() {
        known.respell(table);
    }
    live.schema = live.schema.canonical();
    for object in &mut live.objects {
        known.table(&mut object.table);
    }
    Cow::Owned(live)
}

fn is_lower(schema: &Schema) -> bool {
    schema.tables.iter().all(|table| {
        let columns = table.columns.iter().map(|it| &it.name);
        let uniques = table.uniques.iter().map(|it| &it.name);
        let indexes = table.indexes.iter().map(|it| &it.name);
        let parents = table.foreign_keys.iter().flat_map(|key| {
            std::iter::once(&key.table).chain(&key.columns[..]).chain(&key.references[..])
        });
        let names = columns.chain(uniques).chain(indexes).chain(parents);
        names
            .chain(std::iter::once(&table.name))
            .all(|name| !name.bytes().any(|byte| byte.is_ascii_uppercase()))
    })
}

/// The tables of the models by name in lower case.
struct Known<'a>(BTreeMap<String, &'a Table>);

impl<'a> Known<'a> {
    fn find(&self, name: &str) -> Option<&'a Table> {
        self.0.get(&name.to_ascii_lowercase()).copied()
    }

    /// Whether everything is spelled as the models have it.
    fn has(&self, table: &Table) -> bool {
        let mut copy = table.clone();
        self.respell(&mut copy);
        copy == *table
    }

    fn table(&self, name: &mut Text) {
        if let Some(table) = self.find(name) {
            name.clone_from(&table.name);
        }
    }

    fn respell(&self, table: &mut Table) {
        for key in table.foreign_keys.to_mut() {
            let ForeignKey { table: to, references, .. } = key;
            for reference in references.to_mut() {
                column(self.find(to), reference);
            }
            self.table(to);
        }
        let Some(model) = self.find(&table.name) else { return };
        table.name.clone_from(&model.name);
        let own = |name: &mut Text| column(Some(model), name);
        table.columns.to_mut().iter_mut().for_each(|it| own(&mut it.name));
        table.primary_key.to_mut().iter_mut().for_each(own);
        let names = model.uniques.iter().map(|it| &it.name);
        let names: Vec<&Text> = names.chain(model.indexes.iter().map(|it| &it.name)).collect();
        for unique in table.uniques.to_mut() {
            like(&names, &mut unique.name);
            unique.columns.to_mut().iter_mut().for_each(own);
        }
        for index in table.indexes.to_mut() {
            like(&names, &mut index.name);
            for key in index.keys.to_mut().iter_mut().filter(|key| key.is_column) {
                let Expr(name) = &mut key.expr;
                own(name);
            }
        }
        for key in table.foreign_keys.to_mut() {
            key.columns.to_mut().iter_mut().for_each(own);
        }
    }
}

fn column(of: Option<&Table>, name: &mut Text) {
    let same = of.and_then(|table| {
        let exact = table.column(name);
        exact.or_else(|| table.columns.iter().find(|it| it.name.eq_ignore_ascii_case(name)))
    });
    if let Some(column) = same {
        name.clone_from(&column.name);
    }
}

fn like(names: &[&Text], name: &mut Text) {
    if let Some(own) = names.iter().find(|own| own.eq_ignore_ascii_case(name)) {
        name.clone_from(own);
    }
}
