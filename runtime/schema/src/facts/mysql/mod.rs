//! What is so on MySQL and MariaDB whatever is declared: how a collation gives the character set,
//! which indexes a foreign key brings along, and how much a key of an index takes.

mod limits;

pub use limits::{Kept, MOST_KEY_BYTES, bytes_of_character, writes};

use super::{ForeignKey, Index, IndexKey, List, Order, Table, Text};

/// The collation of tables that say none. Both servers have it, in every release; what each does
/// by itself differs between releases and between servers.
pub const DEFAULT_COLLATION: &str = "utf8mb4_unicode_ci";

/// The engine of tables that say none.
pub const DEFAULT_ENGINE: &str = "InnoDB";

/// The character set that a collation belongs to: `utf8mb4` of `utf8mb4_bin`.
pub fn charset_of(collation: &str) -> &str {
    collation.split('_').next().unwrap_or(collation)
}

/// The collation that a character set has when none is said, where all releases of both servers
/// agree; `None` for a character set that this crate does not know.
pub fn collation_of(charset: &str) -> Option<&'static str> {
    Some(match charset {
        "utf8mb4" => DEFAULT_COLLATION,
        "utf8mb3" | "utf8" => "utf8mb3_general_ci",
        "latin1" => "latin1_swedish_ci",
        "ascii" => "ascii_general_ci",
        "binary" => "binary",
        "ucs2" => "ucs2_general_ci",
        "utf16" => "utf16_general_ci",
        "utf32" => "utf32_general_ci",
        _ => return None,
    })
}

/// An index that the server keeps for a foreign key and that no fact lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Support {
    /// Its name, which is the foreign key's.
    pub name: Text,
    /// Its columns in order.
    pub columns: List<Text>,
}

impl Table {
    /// The indexes that foreign keys need and that nothing else in the table does for them, by
    /// name. A primary key, a uniqueness rule or an index does when it begins with the columns of
    /// the key, in their order; of two keys that begin with the same columns, the index of the
    /// longer one does for both.
    pub fn supports(&self) -> Vec<Support> {
        let mut keys: Vec<&ForeignKey> =
            self.foreign_keys.iter().filter(|key| !self.serves(&key.columns)).collect();
        // The longest first, and of equal ones the first by name.
        keys.sort_by(|a, b| (b.columns.len(), &a.name).cmp(&(a.columns.len(), &b.name)));
        let mut supports: Vec<Support> = Vec::new();
        for key in keys {
            if !supports.iter().any(|it| it.columns.starts_with(&key.columns)) {
                supports.push(Support { name: key.name.clone(), columns: key.columns.clone() });
            }
        }
        supports.sort_by(|a, b| a.name.cmp(&b.name));
        supports
    }

    /// Whether a declared key or index begins with these columns, so that a foreign key can refer to
    /// them.
    pub fn serves(&self, columns: &[Text]) -> bool {
        self.primary_key.starts_with(columns)
            || self.uniques.iter().any(|it| it.columns.starts_with(columns))
            || self.indexes.iter().any(|index| begins(index, columns))
    }
}

impl Table {
    /// Whether a foreign key can refer to these columns, in this order: a key or an index begins
    /// with them, where every index goes on with the columns of the primary key.
    pub fn answers(&self, columns: &[Text]) -> bool {
        let begins = |own: Vec<&Text>| {
            let rest: Vec<&Text> = self.primary_key.iter().filter(|it| !own.contains(it)).collect();
            own.iter().chain(&rest).copied().take(columns.len()).eq(columns)
        };
        let keys = self.indexes.iter().filter_map(|index| {
            let tree = !index.extras.iter().any(|extra| extra.key() == "using");
            let whole = |key: &IndexKey| key.is_column && key.extras.is_empty();
            (tree && index.keys.iter().all(whole))
                .then(|| index.keys.iter().map(|key| &key.expr.0).collect())
        });
        begins(self.primary_key.iter().collect())
            || self.uniques.iter().any(|it| begins(it.columns.iter().collect()))
            || keys.into_iter().any(begins)
            || self.supports().iter().any(|it| begins(it.columns.iter().collect()))
    }
}

/// Whether the index begins with these columns whole, smallest first.
fn begins(index: &Index, columns: &[Text]) -> bool {
    let Index { name: _, keys, unique: _, predicate: _, extras } = index;
    let whole = keys.iter().zip(columns).all(|(key, column)| {
        key.is_column
            && key.expr.as_str() == column
            && key.order == Order::Asc
            && key.extras.is_empty()
    });
    // `fulltext` and `spatial` are no trees.
    let tree = !extras.iter().any(|extra| extra.key() == "using");
    keys.len() >= columns.len() && whole && tree
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Action, Deferrable, Extra, Extras, Unique};

    fn list(names: &[&'static str]) -> List<Text> {
        names.iter().map(|name| Text::Borrowed(*name)).collect()
    }

    fn table(keys: &[(&'static str, &[&'static str])]) -> Table {
        let mut table = Table::new("orders".into());
        table.primary_key = list(&["id"]);
        let key = |(name, columns): &(&'static str, &[&'static str])| ForeignKey {
            name: (*name).into(),
            columns: list(columns),
            schema: None,
            table: "customers".into(),
            references: list(columns),
            on_delete: Action::NoAction,
            on_update: Action::NoAction,
            deferrable: Deferrable::No,
            extras: Extras::NONE,
        };
        table.foreign_keys = keys.iter().map(key).collect();
        table
    }

    fn names(table: &Table) -> Vec<String> {
        table.supports().into_iter().map(|it| it.name.into_owned()).collect()
    }

    #[test]
    fn a_key_brings_an_index_unless_another_begins_with_its_columns() {
        assert_eq!(names(&table(&[("f", &["a"])])), ["f"]);
        assert_eq!(names(&table(&[("f", &["id"])])), [""; 0]);
        let mut ruled = table(&[("f", &["a"]), ("g", &["b"])]);
        let columns = list(&["a", "b"]);
        ruled.uniques = vec![Unique { name: "u".into(), columns, extras: Extras::NONE }].into();
        assert_eq!(names(&ruled), ["g"]);
    }

    #[test]
    fn an_index_on_a_prefix_or_of_words_does_not_do() {
        let mut own = table(&[("f", &["a"])]);
        let key = IndexKey::column("a".into());
        let index = |key: &IndexKey, extras: Extras| Index {
            name: "i".into(),
            keys: vec![key.clone(), IndexKey::column("c".into())].into(),
            unique: false,
            predicate: None,
            extras,
        };
        own.indexes = vec![index(&key, Extras::NONE)].into();
        assert_eq!(names(&own), [""; 0]);
        let words = Extras::from(vec![Extra::Method("fulltext".into())]);
        own.indexes = vec![index(&key, words)].into();
        assert_eq!(names(&own), ["f"]);
        let prefix = Extras::from(vec![Extra::Prefix(10)]);
        own.indexes = vec![index(&IndexKey { extras: prefix, ..key }, Extras::NONE)].into();
        assert_eq!(names(&own), ["f"]);
    }

    #[test]
    fn the_longer_key_does_for_the_shorter() {
        assert_eq!(names(&table(&[("a", &["x"]), ("b", &["x", "y"]), ("c", &["x"])])), ["b"]);
        assert_eq!(names(&table(&[("b", &["x"]), ("a", &["x"])])), ["a"]);
    }

    #[test]
    fn a_key_refers_to_what_an_index_begins_with() {
        let mut own = table(&[]);
        let columns = list(&["id", "name"]);
        own.uniques = vec![Unique { name: "u".into(), columns, extras: Extras::NONE }].into();
        assert!(own.answers(&list(&["id"])) && own.answers(&list(&["id", "name"])));
        assert!(!own.answers(&list(&["name", "id"])) && !own.answers(&list(&["name"])));
        let columns = list(&["name"]);
        own.uniques = vec![Unique { name: "u".into(), columns, extras: Extras::NONE }].into();
        assert!(own.answers(&list(&["name", "id"])), "the key stands behind every index");
    }

    #[test]
    fn a_collation_says_its_character_set() {
        assert_eq!(charset_of("utf8mb4_0900_ai_ci"), "utf8mb4");
        assert_eq!(charset_of("binary"), "binary");
        for charset in ["utf8mb4", "latin1", "ascii", "binary", "utf16"] {
            assert_eq!(collation_of(charset).map(charset_of), Some(charset));
        }
        assert_eq!(collation_of("klingon"), None);
    }
}
