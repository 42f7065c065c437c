//! One number for a type, so that a build compares types without spelling out both sides.

use super::{Custom, Enum, Inner, MyType, PgType, SqlType};
use crate::facts::{List, Text};

impl SqlType {
    /// The same number for types that are one to the database, as [`SqlType::same_facts`] has it;
    /// two others have it with a chance of one in 2⁶⁴.
    pub const fn mark(&self) -> u64 {
        Mark::START.sql_type(self).0
    }
}

/// What was seen so far, by the rule of FNV-1a.
#[derive(Clone, Copy)]
struct Mark(u64);

impl Mark {
    const START: Mark = Mark(0xcbf2_9ce4_8422_2325);

    const fn byte(self, byte: u8) -> Mark {
        Mark((self.0 ^ byte as u64).wrapping_mul(0x0000_0100_0000_01b3))
    }

    /// The length comes first: no two lists of words look alike.
    const fn word(self, word: &str) -> Mark {
        let bytes = word.as_bytes();
        let mut mark = self.number(bytes.len() as u64);
        let mut at = 0;
        while at < bytes.len() {
            mark = mark.byte(bytes[at]);
            at += 1;
        }
        mark
    }

    const fn text(self, text: &Text) -> Mark {
        match text {
            Text::Borrowed(text) => self.word(text),
            Text::Owned(text) => self.word(text.as_str()),
        }
    }

    const fn number(self, number: u64) -> Mark {
        let (bytes, mut mark, mut at) = (number.to_le_bytes(), self, 0);
        while at < bytes.len() {
            mark = mark.byte(bytes[at]);
            at += 1;
        }
        mark
    }

    const fn size(self, size: Option<u32>) -> Mark {
        match size {
            Some(size) => self.byte(1).number(size as u64),
            None => self.byte(0),
        }
    }

    const fn maybe(self, text: &Option<Text>) -> Mark {
        match text {
            Some(text) => self.byte(1).text(text),
            None => self.byte(0),
        }
    }

    const fn sql_type(self, ty: &SqlType) -> Mark {
        match ty {
            SqlType::SmallInt => self.word("SmallInt"),
            SqlType::Integer => self.word("Integer"),
            SqlType::BigInt => self.word("BigInt"),
            SqlType::Float => self.word("Float"),
            SqlType::Double => self.word("Double"),
            SqlType::Numeric { precision, scale } => {
                self.word("Numeric").size(*precision).size(*scale)
            }
            SqlType::Bool => self.word("Bool"),
            SqlType::Text { max_length } => self.word("Text").size(*max_length),
            SqlType::Binary => self.word("Binary"),
            SqlType::Date => self.word("Date"),
            SqlType::Time { precision } => self.word("Time").size(*precision),
            SqlType::Timestamp { precision } => self.word("Timestamp").size(*precision),
            SqlType::TimestamptzSqlite => self.word("TimestamptzSqlite"),
            SqlType::Json => self.word("Json"),
            SqlType::Jsonb => self.word("Jsonb"),
            SqlType::Enum(of) => self.word("Enum").enumeration(of),
            SqlType::Custom(Custom { name, sql }) => self.word("Custom").text(name).text(sql),
            SqlType::Pg(of) => self.word("Pg").pg_type(of),
            SqlType::My(of) => self.word("My").my_type(*of),
        }
    }

    const fn enumeration(self, of: &Enum) -> Mark {
        let Enum { name, schema, labels, comment } = of;
        let labels = match labels {
            List::Borrowed(labels) => labels,
            List::Owned(labels) => labels.as_slice(),
        };
        let mut mark = self.text(name).maybe(schema).maybe(comment).number(labels.len() as u64);
        let mut at = 0;
        while at < labels.len() {
            // What a label was called is a hint.
            mark = mark.text(&labels[at].name);
            at += 1;
        }
        mark
    }

    const fn pg_type(self, ty: &PgType) -> Mark {
        let mark = self.word(ty.diesel_name());
        match ty {
            PgType::Array(Inner::Static(of)) => mark.sql_type(of),
            PgType::Array(Inner::Owned(of)) => mark.sql_type(of),
            PgType::Bpchar { length } => mark.size(*length),
            PgType::Timestamptz { precision } => mark.size(*precision),
            // Of the others, the name says all.
            PgType::CChar
            | PgType::Cidr
            | PgType::Citext
            | PgType::Inet
            | PgType::Interval
            | PgType::MacAddr
            | PgType::MacAddr8
            | PgType::Money
            | PgType::Multirange(_)
            | PgType::Oid
            | PgType::PgLsn
            | PgType::Range(_)
            | PgType::Uuid
            | PgType::Varchar => mark,
        }
    }

    const fn my_type(self, ty: MyType) -> Mark {
        let mark = self.word(ty.diesel_name());
        match ty {
            MyType::Unsigned(width) => mark.word(width.diesel_name()),
            MyType::Datetime { precision } => mark.size(precision),
            MyType::Char { .. }
            | MyType::Binary { .. }
            | MyType::Varbinary { .. }
            | MyType::Bit { .. } => mark.size(ty.length()),
            MyType::TinyInt | MyType::Text(_) | MyType::Blob(_) => mark,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Label, RangeOf, Size, Width};

    fn label(name: &'static str, from: Option<&'static str>) -> Label {
        Label { name: name.into(), renamed_from: from.map(Into::into) }
    }

    fn enumeration(labels: Vec<Label>) -> SqlType {
        let name = "state".into();
        SqlType::Enum(Enum { name, schema: None, labels: labels.into(), comment: None })
    }

    fn types() -> Vec<SqlType> {
        let custom = |name: &'static str, sql: &'static str| {
            SqlType::Custom(Custom { name: name.into(), sql: sql.into() })
        };
        let one = |size| SqlType::Text { max_length: size };
        let numeric = |precision, scale| SqlType::Numeric { precision, scale };
        vec![
            SqlType::SmallInt,
            SqlType::Integer,
            SqlType::BigInt,
            one(None),
            one(Some(0)),
            one(Some(1)),
            one(Some(256)),
            numeric(None, None),
            numeric(Some(4), None),
            numeric(Some(4), Some(2)),
            SqlType::Time { precision: Some(3) },
            SqlType::Timestamp { precision: Some(3) },
            SqlType::Json,
            SqlType::Jsonb,
            enumeration(vec![]),
            enumeration(vec![label("ab", None), label("c", None)]),
            enumeration(vec![label("a", None), label("bc", None)]),
            enumeration(vec![label("c", None), label("ab", None)]),
            custom("ab", "c"),
            custom("a", "bc"),
            SqlType::array(SqlType::TEXT),
            SqlType::array(SqlType::array(SqlType::TEXT)),
            SqlType::array(SqlType::BigInt),
            SqlType::Pg(PgType::Bpchar { length: None }),
            SqlType::Pg(PgType::Bpchar { length: Some(1) }),
            SqlType::Pg(PgType::Range(RangeOf::Ts)),
            SqlType::Pg(PgType::Multirange(RangeOf::Ts)),
            SqlType::Pg(PgType::Range(RangeOf::Tstz)),
            SqlType::Pg(PgType::Timestamptz { precision: Some(3) }),
            SqlType::Pg(PgType::Uuid),
            SqlType::My(MyType::TinyInt),
            SqlType::My(MyType::Unsigned(Width::Tiny)),
            SqlType::My(MyType::Unsigned(Width::Big)),
            SqlType::My(MyType::Char { length: 1 }),
            SqlType::My(MyType::Char { length: 2 }),
            SqlType::My(MyType::Binary { length: 1 }),
            SqlType::My(MyType::Text(Size::Tiny)),
            SqlType::My(MyType::Text(Size::Long)),
            SqlType::My(MyType::Blob(Size::Long)),
            SqlType::My(MyType::Datetime { precision: None }),
            SqlType::My(MyType::Datetime { precision: Some(6) }),
        ]
    }

    #[test]
    fn types_have_one_mark_when_they_have_the_same_facts() {
        let types = types();
        for a in &types {
            for b in &types {
                assert_eq!(a.mark() == b.mark(), a.same_facts(b), "{a:?} and {b:?}");
            }
        }
        let old = enumeration(vec![label("ab", Some("a")), label("c", None)]);
        assert_eq!(old.mark(), old.clone().settled().mark(), "hints do not count");
    }

    #[test]
    fn a_compiled_in_type_has_the_mark_of_an_owned_one() {
        const LABELS: &[Label] = &[
            Label { name: Text::Borrowed("open"), renamed_from: None },
            Label { name: Text::Borrowed("paid"), renamed_from: None },
        ];
        const COMPILED: SqlType = SqlType::Enum(Enum {
            name: Text::Borrowed("state"),
            schema: None,
            labels: List::Borrowed(LABELS),
            comment: Some(Text::Borrowed("of orders")),
        });
        let owned = |text: &str| Text::Owned(text.to_owned());
        let label = |name: &str| Label { name: owned(name), renamed_from: None };
        let read = SqlType::Enum(Enum {
            name: owned("state"),
            schema: None,
            labels: vec![label("open"), label("paid")].into(),
            comment: Some(owned("of orders")),
        });
        assert_eq!(COMPILED.mark(), read.mark());
    }
}
