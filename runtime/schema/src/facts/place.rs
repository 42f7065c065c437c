use std::fmt;

use super::{ForeignKey, Table, Text};

/// Where a table or a type is: the schema that it is in and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place<'a> {
    /// The schema; `None` is the one in which the engine looks first (`public` on PostgreSQL), and
    /// all that there is on engines without schemas.
    pub schema: Option<&'a str>,
    /// The name.
    pub name: &'a str,
}

impl<'a> Place<'a> {
    /// In the schema in which the engine looks first.
    pub const fn plain(name: &'a str) -> Place<'a> {
        Place { schema: None, name }
    }

    /// In a schema, if one is given.
    pub fn new(schema: &'a Option<Text>, name: &'a Text) -> Place<'a> {
        Place { schema: schema.as_deref(), name }
    }

    /// The places that a text may mean which a person wrote, the likeliest first: `users` beside
    /// what it stands at, `auth.users` as a schema and a name.
    pub fn meant(text: &'a str, beside: Option<&'a str>) -> Vec<Place<'a>> {
        let mut places = vec![Place { schema: beside, name: text }];
        if let Some((schema, name)) = text.split_once('.') {
            places.push(Place { schema: Some(schema).filter(|it| *it != PUBLIC), name });
        }
        places
    }
}

/// A [`Place`] of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnPlace {
    /// The schema.
    pub schema: Option<Text>,
    /// The name.
    pub name: Text,
}

impl OwnPlace {
    /// The place.
    pub fn place(&self) -> Place<'_> {
        Place::new(&self.schema, &self.name)
    }
}

impl From<Place<'_>> for OwnPlace {
    fn from(place: Place<'_>) -> OwnPlace {
        let own = |text: &str| Text::from(text.to_owned());
        OwnPlace { schema: place.schema.map(own), name: own(place.name) }
    }
}

/// The schema in which PostgreSQL looks first.
pub const PUBLIC: &str = "public";

/// As people write it: `users`, `auth.users`.
impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(self.name),
        }
    }
}

impl Table {
    /// Where it is.
    pub fn place(&self) -> Place<'_> {
        Place::new(&self.schema, &self.name)
    }

    /// The same at another place.
    pub fn moved_to(mut self, place: &OwnPlace) -> Table {
        self.schema.clone_from(&place.schema);
        self.name.clone_from(&place.name);
        self
    }
}

impl ForeignKey {
    /// Where the referenced table is.
    pub fn target(&self) -> Place<'_> {
        Place::new(&self.schema, &self.table)
    }
}
