use diesel_autogen_schema::Flavour;

use super::letters::Letters;
use super::{Means, Sum};
use crate::script::{ColumnDef, KnownColumn, Made, TypeText};

/// Bytes of a text whose length is kept in one byte.
const SHORT: u32 = 255;

/// Bytes of a text that may become longer than that as it is, on MariaDB.
const SHORTEST: u32 = 127;

impl<'a> Sum<'a> {
    /// A column that is restated.
    pub(super) fn modified(&mut self, from: &'a str, column: &'a ColumnDef) {
        let Some(before) = self.column(from) else { return };
        self.other = true;
        if before.made != column.made || before.made == Made::Stored {
            return self.counted(before, column);
        }
        let (was, is) = (kind(&before.sql_type), kind(&column.sql_type));
        if column.made == Made::Virtual {
            let same = was == is && before.expr == column.expr;
            let simple = was == is && self.flavour == Flavour::Mariadb;
            let means = match same || simple && !self.is_indexed(from) {
                true => Means::INSTANT,
                false => Means::COPIED,
            };
            return self.needs(means);
        }
        let own = Letters::of(before.charset.as_ref(), before.collation.as_ref(), self.table);
        let other = Letters::of(column.charset.as_ref(), column.collation.as_ref(), self.table);
        self.reshapes |= was != is || own != other;
        self.needs(self.retyped((&was, &own), (&is, &other)));
        if is_text(&is) && own.sort_otherwise(&other) {
            let means = self.recollated(from, &is);
            self.resorts |= means == Means::INDEXED;
            self.needs(means);
        }
        let required = column.not_null || column.primary_key;
        let key = self.table.primary_key.iter().any(|it| it.eq_ignore_ascii_case(from));
        if before.nullable == required && !key {
            self.tightens |= required;
            self.needs(Means::REBUILT);
        }
        if column.placed && self.flavour == Flavour::Mysql {
            self.needs(Means::REBUILT);
        }
    }

    /// A column whose values come from elsewhere, or that is computed and stored.
    fn counted(&mut self, before: &KnownColumn, column: &ColumnDef) {
        let stops = before.made == Made::Counted && column.made == Made::Given;
        let same = kind(&before.sql_type) == kind(&column.sql_type);
        let keeps = stops && same && before.nullable != column.not_null;
        if !keeps {
            self.needs(Means::COPIED);
        }
    }

    fn retyped(
        &self,
        (was, own): (&TypeText, &Letters),
        (is, other): (&TypeText, &Letters),
    ) -> Means {
        let mariadb = self.flavour == Flavour::Mariadb;
        let text = is_text(is);
        if text && !own.stay(other, mariadb) {
            return Means::COPIED;
        }
        let appended = !was.labels.is_empty() && is.labels.starts_with(&was.labels);
        if appended && was.base == is.base && !own.sort_otherwise(other) {
            return Means::INSTANT;
        }
        let (from, to) = match (was.digits.first(), is.digits.first()) {
            (Some(from), Some(to)) if was.base == is.base && is_varying(is) => (*from, *to),
            _ => return if was == is { Means::INSTANT } else { Means::COPIED },
        };
        let (bytes, new) = match text {
            true => (from.saturating_mul(own.bytes()), to.saturating_mul(other.bytes())),
            false => (from, to),
        };
        let fits = (bytes > SHORT) == (new > SHORT) || mariadb && bytes <= SHORTEST;
        match (from <= to && fits, mariadb) {
            (true, true) => Means::INSTANT,
            (true, false) if from == to && own.charset == other.charset => Means::INSTANT,
            (true, false) => Means::INDEXED,
            (false, _) => Means::COPIED,
        }
    }

    fn recollated(&self, name: &str, of: &TypeText) -> Means {
        let words = self.table.indexes.iter().any(|it| {
            let mut keys = it.index.keys.iter();
            it.index.method.as_deref() == Some("fulltext")
                && keys.any(|key| key.eq_ignore_ascii_case(name))
        });
        let is_enum = !of.labels.is_empty();
        let key = self.table.primary_key.iter().any(|it| it.eq_ignore_ascii_case(name));
        match (self.flavour, self.is_indexed(name)) {
            _ if words || is_enum => Means::COPIED,
            // The rows are sorted by it.
            (Flavour::Mariadb, true) if key => Means::COPIED,
            (Flavour::Mariadb, false) => Means::INSTANT,
            (Flavour::Mariadb, true) | (Flavour::Mysql, false) => Means::INDEXED,
            (Flavour::Mysql, true) => Means::COPIED,
        }
    }
}

/// The type, without digits that change nothing.
fn kind(sql: &str) -> TypeText {
    let mut of = TypeText::new(sql);
    if of.base == "boolean" {
        of.base = "tinyint".to_owned();
    }
    if of.bits().is_some() {
        of.digits.clear();
    }
    of
}

fn is_text(of: &TypeText) -> bool {
    !of.labels.is_empty() || of.base == "char" || of.base == "varchar" || of.base.ends_with("text")
}

fn is_varying(of: &TypeText) -> bool {
    of.base == "varchar" || of.base == "varbinary"
}
