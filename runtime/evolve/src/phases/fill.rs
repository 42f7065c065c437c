use diesel_autogen_schema::{Column, Expr, OwnPlace, Table, Text};

use crate::dialect::postgres::alter::of_enum;
use crate::dialect::postgres::nothing;
use crate::dialect::postgres::quote::{ident, idents, place};
use crate::guard::quote;
use crate::hazard::{Hazard, HazardCode};
use crate::plan::{Plan, Step};

/// What the comment above a script begins with that fills rows in batches.
pub const SAID: &str = "in batches: ";

/// Rows that get a value in a column where they hold none, so many at a time.
#[derive(Clone, Debug)]
pub struct Fill {
    pub(super) table: OwnPlace,
    pub(super) column: Text,
    value: String,
    /// The primary key, by which rows are gone through.
    key: Vec<Text>,
    batch: u32,
    /// Whether every row has a value that fits.
    fits: bool,
}

impl Fill {
    pub(super) fn new(table: &Table, column: &Column, value: &Expr, batch: u32) -> Fill {
        Fill {
            table: table.place().into(),
            column: column.name.clone(),
            value: of_enum(value, &column.sql_type),
            key: table.primary_key.to_vec(),
            batch,
            fits: false,
        }
    }

    /// The same where the value is that of another column whose type is no wider.
    pub(super) fn fitting(self) -> Fill {
        Fill { fits: true, ..self }
    }

    /// What it does, in a few words.
    pub(super) fn about(&self) -> String {
        format!("fill {}.{}", self.table.name, self.column)
    }

    /// The plan of a revision that does nothing else. Where rows have a key, its script is one
    /// command that commits after each batch; stopped and started again, it goes on.
    pub(super) fn plan(&self) -> Plan {
        let (table, column) = (place(self.table.place()), ident(&self.column));
        let object = format!("{}.{}", self.table.place(), self.column);
        let detail = format!("{} may not fit every row", self.value);
        let (why, up) = if self.key.is_empty() {
            let why = format!("{}: fill {}", self.table.place(), self.column);
            (why, format!("UPDATE {table} SET {column} = {} WHERE {}", self.value, self.empty()))
        } else {
            (format!("{SAID}{}: fill {}", self.table.place(), self.column), self.batches())
        };
        let misfit = (!self.fits).then(|| Hazard::new(HazardCode::FillMayFail, object, detail));
        let step = Step { why, up: vec![up], hazards: misfit.into_iter().collect(), ..nothing() };
        Plan { steps: vec![step], transaction: self.key.is_empty() }
    }

    /// The command. Whoever sets `diesel_autogen.stepwise` runs it again and again, a batch each
    /// time, until it leaves nothing in `diesel_autogen.filled`.
    fn batches(&self) -> String {
        let (table, column) = (place(self.table.place()), ident(&self.column));
        let (value, batch, keys) = (&self.value, self.batch, idents(&self.key));
        let (row, from, upto) =
            (row(std::slice::from_ref(&keys), self), self.all("after"), self.all("upto"));
        let unfilled = format!("{} AND (autogen_after_1 IS NULL OR {row} > {from})", self.empty());
        let backwards: Vec<String> =
            self.key.iter().map(|name| format!("{} DESC", ident(name))).collect();
        let body = [
            "#variable_conflict use_column\nDECLARE".to_owned(),
            self.declared(&table),
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
        let column = ident(&self.column);
        match self.fits {
            true => format!("{column} IS NULL AND {} IS NOT NULL", self.value),
            false => format!("{column} IS NULL"),
        }
    }

    /// The variables of a place in the key.
    fn names(&self, which: &str) -> Vec<String> {
        (1..=self.key.len()).map(|at| format!("autogen_{which}_{at}")).collect()
    }

    fn all(&self, which: &str) -> String {
        row(&self.names(which), self)
    }

    fn declared(&self, table: &str) -> String {
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
}

/// Values in the order of the key, to be compared at once.
fn row(values: &[String], fill: &Fill) -> String {
    let values = values.join(", ");
    if fill.key.len() == 1 { values } else { format!("({values})") }
}
