//! How much the servers keep of a thing, and what they know by name.

use diesel_autogen_schema::facts::mysql::{bytes_of_character, charset_of};
use diesel_autogen_schema::{Extra, SqlType};

use super::super::attributes::ColumnAttrs;
use super::super::build::Builder;
use super::super::on_struct::ModelAttrs;
use crate::attributes::At;
use crate::errors::did_you_mean;

/// Most bytes of a text that is kept in its row.
const MOST_BYTES: u32 = 65_532;

/// Most characters of a remark about a table, and about anything in it.
const MOST_OF_REMARK: (usize, usize) = (2048, 1024);

/// The engines that come with a server.
const ENGINES: [&str; 14] = [
    "InnoDB",
    "MyISAM",
    "Aria",
    "MEMORY",
    "ARCHIVE",
    "CSV",
    "BLACKHOLE",
    "FEDERATED",
    "MERGE",
    "MRG_MyISAM",
    "NDB",
    "ROCKSDB",
    "Mroonga",
    "ColumnStore",
];

/// What can be said of how InnoDB keeps a table.
const OF_TABLES: [&str; 22] = [
    "autoextend_size",
    "avg_row_length",
    "checksum",
    "compression",
    "connection",
    "delay_key_write",
    "encrypted",
    "encryption",
    "encryption_key_id",
    "insert_method",
    "itef_quotes",
    "key_block_size",
    "max_rows",
    "min_rows",
    "pack_keys",
    "page_checksum",
    "page_compressed",
    "page_compression_level",
    "row_format",
    "stats_auto_recalc",
    "stats_persistent",
    "stats_sample_pages",
];

/// The same of an index.
const OF_INDEXES: [&str; 2] = ["key_block_size", "parser"];

impl Builder {
    /// That nothing is longer than the servers keep it, and that they know what is named.
    pub(in super::super) fn limits_hold(&mut self, own: &[ColumnAttrs], attrs: &ModelAttrs) {
        if let Some(engine) = &attrs.engine
            && !ENGINES.iter().any(|known| known.eq_ignore_ascii_case(&engine.value))
        {
            // Others can be plugged in.
            let hint = did_you_mean(&engine.value, ENGINES);
            if !hint.is_empty() {
                let name = &engine.value;
                self.errors.at(engine.span, format_args!("no engine is called `{name}`{hint}"));
            }
        }
        let engine = attrs.engine.as_ref().map(|it| it.value.as_str());
        if engine.is_none_or(|it| it.eq_ignore_ascii_case(ENGINES[0])) {
            self.parameters(&attrs.with, "a table", &OF_TABLES);
        }
        let of_fields = own.iter().flat_map(|it| it.index.iter().chain(&it.unique));
        for index in of_fields.chain(&attrs.indexes).chain(&attrs.uniques) {
            self.parameters(&index.value.with, "an index", &OF_INDEXES);
            self.remark(&index.value.comment, MOST_OF_REMARK.1);
        }
        self.remark(&attrs.comment, MOST_OF_REMARK.0);
        let table = self.table_collation();
        for (at, attrs) in own.iter().enumerate() {
            self.remark(&attrs.comment, MOST_OF_REMARK.1);
            let column = &self.item.columns[at];
            let collation = column.facts.collation.as_deref().unwrap_or(&table);
            let charset = charset_of(collation);
            let most = MOST_BYTES / bytes_of_character(charset);
            if let SqlType::Text { max_length: Some(length) } = column.facts.sql_type
                && length > most
            {
                let span = attrs.max_length.as_ref().map_or(column.span, |it| it.span);
                let message = format!(
                    "a text of {charset} has at most {most} characters in its row: leave \
                     `max_length` out, or say `sql_type = Mediumtext`"
                );
                self.errors.at(span, message);
            }
        }
    }

    fn parameters(&mut self, with: &Option<At<Vec<Extra>>>, whose: &str, known: &[&'static str]) {
        let Some(with) = with else { return };
        for extra in &with.value {
            let Extra::With(name, _) = extra else { continue };
            if !known.contains(&&*name.to_ascii_lowercase()) {
                let hint = did_you_mean(name, known.iter().copied());
                let message = format_args!("MySQL has no parameter `{name}` of {whose}{hint}");
                self.errors.at(with.span, message);
            }
        }
    }

    fn remark(&mut self, comment: &Option<At<String>>, most: usize) {
        let Some(At { span, value }) = comment else { return };
        if value.chars().count() > most {
            self.errors.at(*span, format_args!("a comment there has at most {most} characters"));
        }
    }
}
