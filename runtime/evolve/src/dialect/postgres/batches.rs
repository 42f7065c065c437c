//! Rows that are filled in batches by one command, which commits after each.

use diesel_autogen_schema::Text;

use super::alter::of_enum;
use super::quote::{ident, idents, place};
use crate::guard::quote;
use crate::phases::{Fill, Filling, Stepwise};

/// The script of a revision that does nothing else.
pub(crate) fn filling(fill: &Fill) -> Filling {
    let batches = Batches::of(fill);
    let is_keyed = !batches.key.is_empty();
    Filling {
        statements: vec![if is_keyed { batches.command() } else { batches.at_once() }],
        batches: is_keyed.then(String::new),
        frame: None,
        transaction: !is_keyed,
    }
}

/// The command, batch by batch: it leaves in a setting of the session how far it came.
pub(crate) fn stepwise(script: &str) -> Stepwise {
    // Keys have at most 32 columns.
    let begin = "SELECT set_config('diesel_autogen.after_' || n, '', FALSE) \
                 FROM generate_series(1, 32) AS n; SET diesel_autogen.stepwise = 'on'";
    Stepwise {
        begin: begin.to_owned(),
        batch: script.to_owned(),
        filled: "SELECT nullif(current_setting('diesel_autogen.filled', TRUE), '')".to_owned(),
        end: "RESET diesel_autogen.stepwise".to_owned(),
        alone: false,
    }
}

struct Batches<'f> {
    table: String,
    column: String,
    value: String,
    key: &'f [Text],
    batch: u32,
    /// Whether rows may hold nothing because there is no value for them.
    sparse: bool,
}

impl Batches<'_> {
    fn of(fill: &Fill) -> Batches<'_> {
        Batches {
            table: place(fill.table.place()),
            column: ident(&fill.column.name),
            value: of_enum(&fill.value, &fill.column.sql_type),
            key: &fill.table.primary_key,
            batch: fill.batch,
            sparse: fill.sparse,
        }
    }

    fn at_once(&self) -> String {
        let Batches { table, column, value, key: _, batch: _, sparse: _ } = self;
        format!("UPDATE {table} SET {column} = {value} WHERE {}", self.empty())
    }

    /// The command. Whoever sets `diesel_autogen.stepwise` runs it again and again, a batch each
    /// time, until it leaves nothing in `diesel_autogen.filled`.
    fn command(&self) -> String {
        let Batches { table, column, value, key, batch, sparse: _ } = self;
        let keys = idents(key);
        let (row, from, upto) =
            (self.row(std::slice::from_ref(&keys)), self.all("after"), self.all("upto"));
        let unfilled = format!("{} AND (autogen_after_1 IS NULL OR {row} > {from})", self.empty());
        let backwards: Vec<String> =
            self.key.iter().map(|name| format!("{} DESC", ident(name))).collect();
        let body = [
            "#variable_conflict use_column\nDECLARE".to_owned(),
            self.declared(),
            "    autogen_filled BIGINT;\nBEGIN\n    LOOP".to_owned(),
            format!("        SELECT {keys} INTO {}", self.names("upto").join(", ")),
            format!("        FROM (\n            SELECT {keys} FROM {table}"),
            format!("            WHERE {unfilled}"),
            format!("            ORDER BY {keys} LIMIT {batch}"),
            format!("        ) AS batch\n        ORDER BY {} LIMIT 1;", backwards.join(", ")),
            "        EXIT WHEN autogen_upto_1 IS NULL;".to_owned(),
            format!("        UPDATE {table} SET {column} = {value}"),
            format!("        WHERE {row} <= {upto} AND {unfilled};"),
            "        GET DIAGNOSTICS autogen_filled = ROW_COUNT;\n        COMMIT;".to_owned(),
            self.moved(),
            "    END LOOP;".to_owned(),
            "    PERFORM set_config('diesel_autogen.filled', '', FALSE);\nEND".to_owned(),
        ];
        let body = body.join("\n");
        let quote = quote(&body);
        format!("DO {quote}\n{body}\n{quote}")
    }

    /// The condition on rows that hold nothing and are to hold something.
    fn empty(&self) -> String {
        let Batches { table: _, column, value, key: _, batch: _, sparse } = self;
        match sparse {
            true => format!("{column} IS NULL AND {value} IS NOT NULL"),
            false => format!("{column} IS NULL"),
        }
    }

    /// The variables of a place in the key.
    fn names(&self, which: &str) -> Vec<String> {
        (1..=self.key.len()).map(|at| format!("autogen_{which}_{at}")).collect()
    }

    fn all(&self, which: &str) -> String {
        self.row(&self.names(which))
    }

    fn declared(&self) -> String {
        let table = &self.table;
        let each = self.key.iter().enumerate().map(|(at, name)| {
            let (of, at) = (format!("{table}.{}%TYPE", ident(name)), at + 1);
            let kept = format!("current_setting('diesel_autogen.after_{at}', TRUE)");
            format!(
                "    autogen_after_{at} {of} := CASE WHEN {kept} <> '' THEN substr({kept}, 2) \
                 END;\n    autogen_upto_{at} {of};"
            )
        });
        each.collect::<Vec<_>>().join("\n")
    }

    fn moved(&self) -> String {
        let (mut moved, mut kept) = (String::new(), String::new());
        for at in 1..=self.key.len() {
            moved.push_str(&format!("        autogen_after_{at} := autogen_upto_{at};\n"));
            kept.push_str(&format!(
                "            PERFORM set_config('diesel_autogen.after_{at}', 'k' || \
                 autogen_after_{at}::TEXT, FALSE);\n"
            ));
        }
        format!(
            "{moved}        IF current_setting('diesel_autogen.stepwise', TRUE) = 'on' THEN\n{kept}\
             \x20           PERFORM set_config('diesel_autogen.filled', autogen_filled::TEXT, FALSE);\n\
             \x20           RETURN;\n        END IF;"
        )
    }

    /// Values in the order of the key, to be compared at once.
    fn row(&self, values: &[String]) -> String {
        let values = values.join(", ");
        if self.key.len() == 1 { values } else { format!("({values})") }
    }
}
