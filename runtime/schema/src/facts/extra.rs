use super::{Deferrable, List, Text};

/// What only some engines can say about a thing. A thing has each at most once, but for
/// [`Extra::With`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extra {
    /// How an index is kept: `gin`. Not said where it is the engine's ordinary way.
    Method(Text),
    /// Columns that an index carries along.
    Include(List<Text>),
    /// Two NULLs count as the same.
    NullsNotDistinct,
    /// Collation of an index key, when it is not its column's, or that a table's columns have by
    /// themselves; spelled as [`super::Column::collation`].
    Collate(Text),
    /// Operator class of an index key, with its parameters.
    Opclass(Text),
    /// NULLs come first although the order would have them last.
    NullsFirst,
    /// NULLs come last although the order would have them first.
    NullsLast,
    /// When a rule other than a foreign key is checked.
    Deferrable(Deferrable),
    /// Either all columns of a foreign key are NULL or none.
    MatchFull,
    /// The columns that are set when the referenced row goes, when it is not all of them.
    SetColumns(List<Text>),
    /// First value of a key that the database makes up.
    Start(i64),
    /// Step of a key that the database makes up.
    Increment(i64),
    /// Least value of a key that the database makes up.
    Least(i64),
    /// Greatest value of a key that the database makes up.
    Greatest(i64),
    /// How many keys a connection takes at once.
    Cache(i64),
    /// A key that the database makes up begins anew after the last.
    Cycle,
    /// A storage parameter: `fillfactor` and `70`.
    With(Text, Text),
    /// Remark for the reader of the schema.
    Comment(Text),
    /// What keeps a table: `MyISAM`. Not said where it is the engine's ordinary one.
    Engine(Text),
    /// The column is set to the time of every update.
    OnUpdateNow,
    /// How much of a text or of bytes an index key takes.
    Prefix(i64),
    /// No model claims the column or table any more; it is kept for a while under another name
    /// than this one, which it had. No engine knows of that.
    Retired(Text),
    /// The column is kept as another one of its table says, in its own type, whenever a row is
    /// written: one takes the other's place.
    Follows(Text),
    /// What a column that follows holds, as SQL over its row, where it is not the other's value in
    /// its own type.
    FollowsBy(Text),
}

/// What only some engines can say about a thing, sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extras(pub List<Extra>);

/// The value of an [`Extra`], as it is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExtraValue {
    /// It is there.
    Flag,
    /// A text.
    Text(Text),
    /// Names.
    Names(List<Text>),
    /// A number.
    Number(i64),
    /// A name and its value.
    Parameter(Text, Text),
}

impl Extra {
    /// The key of storage parameters.
    pub const PARAMETERS: &'static str = "parameters";

    /// Its key in a snapshot: `using`.
    pub const fn key(&self) -> &'static str {
        match self {
            Extra::Method(_) => "using",
            Extra::Include(_) => "include",
            Extra::NullsNotDistinct => "nulls_not_distinct",
            Extra::Collate(_) => "collate",
            Extra::Opclass(_) => "opclass",
            Extra::NullsFirst => "nulls_first",
            Extra::NullsLast => "nulls_last",
            Extra::Deferrable(_) => "deferrable",
            Extra::MatchFull => "match_full",
            Extra::SetColumns(_) => "set_columns",
            Extra::Start(_) => "start",
            Extra::Increment(_) => "increment",
            Extra::Least(_) => "least",
            Extra::Greatest(_) => "greatest",
            Extra::Cache(_) => "cache",
            Extra::Cycle => "cycle",
            Extra::With(..) => Extra::PARAMETERS,
            Extra::Comment(_) => "comment",
            Extra::Engine(_) => "engine",
            Extra::OnUpdateNow => "on_update_now",
            Extra::Prefix(_) => "prefix",
            Extra::Retired(_) => "retired",
            Extra::Follows(_) => "follows",
            Extra::FollowsBy(_) => "follows_by",
        }
    }

    /// Its value.
    pub fn value(&self) -> ExtraValue {
        match self {
            Extra::Method(text)
            | Extra::Collate(text)
            | Extra::Opclass(text)
            | Extra::Comment(text)
            | Extra::Engine(text)
            | Extra::Retired(text)
            | Extra::Follows(text)
            | Extra::FollowsBy(text) => ExtraValue::Text(text.clone()),
            Extra::Include(names) | Extra::SetColumns(names) => ExtraValue::Names(names.clone()),
            Extra::NullsNotDistinct
            | Extra::NullsFirst
            | Extra::NullsLast
            | Extra::MatchFull
            | Extra::Cycle
            | Extra::OnUpdateNow => ExtraValue::Flag,
            Extra::Deferrable(mode) => ExtraValue::Text(mode.name().into()),
            Extra::Start(number)
            | Extra::Increment(number)
            | Extra::Least(number)
            | Extra::Greatest(number)
            | Extra::Cache(number)
            | Extra::Prefix(number) => ExtraValue::Number(*number),
            Extra::With(name, value) => ExtraValue::Parameter(name.clone(), value.clone()),
        }
    }

    /// The inverse of [`Extra::key`] and [`Extra::value`]; `None` when there is no such thing.
    pub fn of(key: &str, value: ExtraValue) -> Option<Extra> {
        Some(match (key, value) {
            ("using", ExtraValue::Text(text)) => Extra::Method(text),
            ("include", ExtraValue::Names(names)) => Extra::Include(names),
            ("nulls_not_distinct", ExtraValue::Flag) => Extra::NullsNotDistinct,
            ("collate", ExtraValue::Text(text)) => Extra::Collate(text),
            ("opclass", ExtraValue::Text(text)) => Extra::Opclass(text),
            ("nulls_first", ExtraValue::Flag) => Extra::NullsFirst,
            ("nulls_last", ExtraValue::Flag) => Extra::NullsLast,
            ("deferrable", ExtraValue::Text(text)) => {
                Extra::Deferrable(Deferrable::from_name(&text)?)
            }
            ("match_full", ExtraValue::Flag) => Extra::MatchFull,
            ("set_columns", ExtraValue::Names(names)) => Extra::SetColumns(names),
            ("start", ExtraValue::Number(number)) => Extra::Start(number),
            ("increment", ExtraValue::Number(number)) => Extra::Increment(number),
            ("least", ExtraValue::Number(number)) => Extra::Least(number),
            ("greatest", ExtraValue::Number(number)) => Extra::Greatest(number),
            ("cache", ExtraValue::Number(number)) => Extra::Cache(number),
            ("cycle", ExtraValue::Flag) => Extra::Cycle,
            (Extra::PARAMETERS, ExtraValue::Parameter(name, value)) => Extra::With(name, value),
            ("comment", ExtraValue::Text(text)) => Extra::Comment(text),
            ("engine", ExtraValue::Text(text)) => Extra::Engine(text),
            ("on_update_now", ExtraValue::Flag) => Extra::OnUpdateNow,
            ("prefix", ExtraValue::Number(number)) => Extra::Prefix(number),
            ("retired", ExtraValue::Text(text)) => Extra::Retired(text),
            ("follows", ExtraValue::Text(text)) => Extra::Follows(text),
            ("follows_by", ExtraValue::Text(text)) => Extra::FollowsBy(text),
            _ => return None,
        })
    }

    fn renamed(self, column: &impl Fn(&Text) -> Text) -> Extra {
        let names = |names: List<Text>| names.iter().map(column).collect();
        match self {
            Extra::Include(columns) => Extra::Include(names(columns)),
            Extra::SetColumns(columns) => Extra::SetColumns(names(columns)),
            Extra::Follows(name) => Extra::Follows(column(&name)),
            Extra::Method(_)
            | Extra::NullsNotDistinct
            | Extra::Collate(_)
            | Extra::Opclass(_)
            | Extra::NullsFirst
            | Extra::NullsLast
            | Extra::Deferrable(_)
            | Extra::MatchFull
            | Extra::Start(_)
            | Extra::Increment(_)
            | Extra::Least(_)
            | Extra::Greatest(_)
            | Extra::Cache(_)
            | Extra::Cycle
            | Extra::With(..)
            | Extra::Comment(_)
            | Extra::Engine(_)
            | Extra::OnUpdateNow
            | Extra::Prefix(_)
            | Extra::Retired(_)
            | Extra::FollowsBy(_) => self,
        }
    }
}

impl Default for Extras {
    fn default() -> Extras {
        Extras::NONE
    }
}

impl From<Vec<Extra>> for Extras {
    fn from(mut extras: Vec<Extra>) -> Extras {
        extras.sort();
        Extras(extras.into())
    }
}

impl Extras {
    /// Nothing.
    pub const NONE: Extras = Extras(List::Borrowed(&[]));

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, sorted.
    pub fn iter(&self) -> std::slice::Iter<'_, Extra> {
        self.0.iter()
    }

    /// Whether this very one is among them.
    pub fn has(&self, extra: &Extra) -> bool {
        self.0.contains(extra)
    }

    /// The same and one more.
    pub fn and(self, extra: Extra) -> Extras {
        let mut all = self.0.into_owned();
        all.push(extra);
        all.into()
    }

    /// The same after columns were renamed.
    pub fn renamed(&self, column: impl Fn(&Text) -> Text) -> Extras {
        self.iter().cloned().map(|extra| extra.renamed(&column)).collect::<Vec<_>>().into()
    }

    /// The same without what no engine knows of.
    pub fn of_engine(&self) -> Extras {
        let own = self.iter().filter(|extra| !matches!(extra, Extra::Retired(_)));
        own.cloned().collect::<Vec<_>>().into()
    }

    /// The name that a retired column or table had.
    pub fn retired(&self) -> Option<&Text> {
        self.iter()
            .find_map(|extra| if let Extra::Retired(name) = extra { Some(name) } else { None })
    }

    /// The column that this one follows.
    pub fn follows(&self) -> Option<&Text> {
        self.iter()
            .find_map(|extra| if let Extra::Follows(name) = extra { Some(name) } else { None })
    }

    /// What a column that follows holds, as SQL, if it is not the other's value.
    pub fn follows_by(&self) -> Option<&Text> {
        self.iter().find_map(|extra| if let Extra::FollowsBy(by) = extra { Some(by) } else { None })
    }

    /// The collation, if one is said.
    pub fn collation(&self) -> Option<&Text> {
        self.iter()
            .find_map(|extra| if let Extra::Collate(name) = extra { Some(name) } else { None })
    }

    /// The remark, if there is one.
    pub fn comment(&self) -> Option<&Text> {
        self.iter()
            .find_map(|extra| if let Extra::Comment(text) = extra { Some(text) } else { None })
    }
}
