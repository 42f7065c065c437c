mod catalogue;
mod columns;
mod others;
mod row;
mod tables;
mod text;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use diesel::pg::PgConnection;
use diesel::result::Error as DieselError;
use diesel_autogen_schema::{
    Dialect, Enum, Label, Live, OwnPlace, PUBLIC, PgLive, Schema, Text, Used, names,
};

use self::catalogue::Catalogue;
use super::connection::told;
use crate::Error;

/// What the database holds, in a constant number of queries that see one state.
///
/// The server's own schemas, what extensions brought, Diesel's own table and functions and
/// `__diesel_autogen…` are left out. Expressions are as the server writes them where it looks in
/// `public` first; a type that facts do not know is a custom one, spelled in the same way. An
/// index that was never made to its end is no fact.
///
/// # Errors
/// When the database cannot be read.
pub fn introspect(conn: &mut PgConnection) -> Result<Live, Error> {
    enum Failed {
        Read(Error),
        Transaction(DieselError),
    }
    impl From<DieselError> for Failed {
        fn from(error: DieselError) -> Failed {
            Failed::Transaction(error)
        }
    }
    let catalogue = conn
        .build_transaction()
        .repeatable_read()
        .read_only()
        .run(|conn| Catalogue::read(conn).map_err(Failed::Read));
    match catalogue {
        Ok(catalogue) => Ok(Reader::new(&catalogue).live()),
        Err(Failed::Read(error)) => Err(error),
        Err(Failed::Transaction(error)) => {
            Err(Error::Query { what: "the database".to_owned(), reason: told(&error) })
        }
    }
}

/// The same inside of a transaction that is open, whatever that one made.
///
/// # Errors
/// When the database cannot be read.
pub(crate) fn introspect_within(conn: &mut PgConnection) -> Result<Live, Error> {
    Ok(Reader::new(&Catalogue::read(conn)?).live())
}

/// The catalogue, and what is looked up in it again and again.
struct Reader<'c> {
    catalogue: &'c Catalogue,
    /// Relations with columns that no extension brought, by identifier.
    places: BTreeMap<u32, OwnPlace>,
    /// Those of them that facts model.
    tables: BTreeSet<u32>,
    column_names: BTreeMap<(u32, i16), &'c str>,
    enums: BTreeMap<u32, Enum>,
    /// Types that models can own, those of lists and rows among them.
    used_types: BTreeMap<u32, Used>,
    /// Names of indexes, with their tables.
    index_names: BTreeMap<u32, (u32, String)>,
    /// Names of constraints, with their tables.
    constraint_names: BTreeMap<u32, (u32, String)>,
}

impl<'c> Reader<'c> {
    fn new(catalogue: &'c Catalogue) -> Reader<'c> {
        let mut places = BTreeMap::new();
        let mut tables = BTreeSet::new();
        for relation in &catalogue.relations {
            let with_columns = matches!(relation.kind.as_str(), "r" | "p" | "f" | "v" | "m");
            if !with_columns || relation.of_extension || is_ours(&relation.name) {
                continue;
            }
            places.insert(relation.oid, place(&relation.schema, &relation.name));
            if relation.kind == "r" && !relation.partition && !relation.inherits {
                tables.insert(relation.oid);
            }
        }
        let columns = catalogue.columns.iter();
        let column_names = columns.map(|it| ((it.relation, it.number), it.name.as_str())).collect();
        let mut enums = BTreeMap::new();
        let mut used_types = BTreeMap::new();
        for of in &catalogue.types {
            let used = match of.kind.as_str() {
                "e" => {
                    let found = enumeration(of);
                    let used = Used::Type(found.place().into());
                    enums.insert(of.oid, found);
                    used
                }
                _ if tables.contains(&of.relation) => Used::Table(places[&of.relation].clone()),
                _ => continue,
            };
            used_types.insert(of.array, used.clone());
            used_types.insert(of.oid, used);
        }
        let indexes = catalogue.indexes.iter();
        let constraints = catalogue.constraints.iter();
        Reader {
            catalogue,
            places,
            tables,
            column_names,
            enums,
            used_types,
            index_names: indexes.map(|it| (it.oid, (it.relation, it.name.clone()))).collect(),
            constraint_names: constraints
                .map(|it| (it.oid, (it.relation, it.name.clone())))
                .collect(),
        }
    }

    fn live(&self) -> Live {
        let named = |kind: &str| -> Vec<Text> {
            let all = self.catalogue.named.iter().filter(|it| it.kind == kind);
            all.map(|it| it.name.clone().into()).collect()
        };
        let (unmanaged, uses) = others::unmanaged(self);
        let mut enums: Vec<Enum> = self.enums.values().cloned().collect();
        enums.sort_by(|a, b| a.place().cmp(&b.place()));
        let mut schemas = named("schema");
        schemas.sort();
        let schema =
            Schema { tables: tables::tables(self).into(), extensions: named("extension").into() };
        Live {
            engine: Dialect::Postgres,
            schema: schema.canonical(),
            pg: PgLive {
                schemas,
                enums,
                unmanaged,
                settings: tables::settings(self),
                uses,
                names: self.names(),
                not_valid: tables::not_valid(self),
                keys: tables::odd_keys(self),
                sequences: columns::odd_sequences(self),
            },
            ..Live::default()
        }
    }

    fn names(&self) -> BTreeSet<OwnPlace> {
        let relations = self.catalogue.relations.iter();
        let relations = relations
            .filter(|it| !it.of_extension && !is_ours(&it.name))
            .map(|it| place(&it.schema, &it.name));
        let types = self.catalogue.types.iter();
        let types = types.filter(|it| !is_ours(&it.name)).map(|it| place(&it.schema, &it.name));
        relations.chain(types).collect()
    }

    /// The names of columns by number.
    fn columns(&self, relation: u32, numbers: &[i16]) -> Vec<Text> {
        let name = |number: &i16| self.column_names.get(&(relation, *number));
        numbers.iter().filter_map(name).map(|it| (*it).to_owned().into()).collect()
    }
}

fn enumeration(of: &row::Type) -> Enum {
    let OwnPlace { schema, name } = place(&of.schema, &of.name);
    let label = |label: &String| Label { name: label.clone().into(), renamed_from: None };
    Enum {
        name,
        schema,
        labels: of.labels.iter().map(label).collect(),
        comment: of.comment.clone().map(Text::from),
    }
}

fn place(schema: &str, name: &str) -> OwnPlace {
    let schema = Some(schema).filter(|it| *it != PUBLIC);
    OwnPlace { schema: schema.map(|it| it.to_owned().into()), name: name.to_owned().into() }
}

/// Tables of Diesel's runner and of this tool, and what belongs to them.
fn is_ours(name: &str) -> bool {
    let ours = [names::BOOKKEEPING, names::FOLLOWING, "__diesel_autogen"];
    ours.iter().any(|it| name.starts_with(it))
}
