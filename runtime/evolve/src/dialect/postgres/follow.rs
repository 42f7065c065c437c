//! A column that is kept as another one of its table says, until it takes the other's place or is
//! not needed any more.

use diesel_autogen_schema::{Column, Dialect, SqlType, Table, Text, names};

use super::quote::{ident, place, within};
use super::types::{converted, spelled};
use crate::decide::conversion;
use crate::guard::quote;

/// A column that follows, and the one that it follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Follow<'t> {
    table: &'t Table,
    column: &'t Column,
    of: &'t Column,
}

impl<'t> Follow<'t> {
    /// The column as one that follows, if it does.
    pub fn of(table: &'t Table, column: &'t Column) -> Option<Follow<'t>> {
        let of = table.column(column.extras.follows()?)?;
        Some(Follow { table, column, of })
    }

    /// Whether what the database does for it is the same for the other.
    pub(crate) fn is_same(&self, other: &Follow<'_>) -> bool {
        self.table.place() == other.table.place() && self.body() == other.body()
    }

    pub(crate) fn column(&self) -> &'t Text {
        &self.column.name
    }

    /// Name of the function and of the trigger.
    pub fn name(&self) -> String {
        names::follows(&self.table.name, &self.column.name)
    }

    /// What runs for every row that is written. A value that has no like in the other type must not
    /// keep anybody from writing it.
    pub fn body(&self) -> String {
        match self.column.extras.follows_by() {
            Some(by) => {
                let (head, tail) = self.around();
                format!("{head}{by}{tail}")
            }
            None => {
                let column = ident(&self.column.name);
                let (value, otherwise) = (self.plain_value(), self.otherwise());
                format!("\nBEGIN\n    NEW.{column} := {value};\n    RETURN NEW;\n{otherwise}END\n")
            }
        }
    }

    /// What the column holds as SQL over the row, if it follows by that where this runs for every
    /// row that is written.
    pub fn said_in(&self, body: &str) -> Option<Text> {
        let (head, tail) = self.around();
        let by = body.strip_prefix(&*head)?.strip_suffix(&*tail)?;
        Some(by.to_owned().into())
    }

    /// What stands before and behind SQL over the row.
    fn around(&self) -> (String, String) {
        let (column, of) = (ident(&self.column.name), ident(&self.of.name));
        let (table, otherwise) = (ident(&self.table.name), self.otherwise());
        (
            format!(
                "\n#variable_conflict use_column\nBEGIN\n    -- As {of} says.\n    \
                 NEW.{column} := (SELECT "
            ),
            format!("\n    FROM (SELECT NEW.*) AS {table});\n    RETURN NEW;\n{otherwise}END\n"),
        )
    }

    fn plain_value(&self) -> String {
        let value = self.value(&format!("NEW.{}", ident(&self.of.name)));
        // A type that has a name may not be found by it by whoever writes, and the value becomes of
        // the column's type anyway.
        let named = match &self.column.sql_type {
            SqlType::Custom(_) => true,
            of => of.enumeration().is_some(),
        };
        let cast = format!("::{}", spelled(&self.column.sql_type));
        value.strip_suffix(&cast).filter(|_| named).unwrap_or(&value).to_owned()
    }

    /// What happens where there is no value. Numbers that are none are a feature that integers lack.
    fn otherwise(&self) -> String {
        let column = ident(&self.column.name);
        match self.fits() {
            true => String::new(),
            false => format!(
                "EXCEPTION WHEN data_exception OR feature_not_supported THEN\n    \
                 NEW.{column} := NULL;\n    RETURN NEW;\n"
            ),
        }
    }

    /// What the column holds where the other holds this.
    fn value(&self, of: &str) -> String {
        converted(of, &self.of.sql_type, &self.column.sql_type).unwrap_or_else(|| of.to_owned())
    }

    fn fits(&self) -> bool {
        let plain = self.column.extras.follows_by().is_none();
        plain && conversion(Dialect::Postgres, &self.of.sql_type, &self.column.sql_type).fits()
    }

    /// Has the database keep the column so from now on; in every row, if the rows may not have it
    /// yet.
    pub(crate) fn begin(&self, is_new: bool) -> Vec<String> {
        let (name, body) = (ident(&self.name()), self.body());
        let (function, table, tag) = (self.function(), place(self.table.place()), quote(&body));
        let column = ident(&self.column.name);
        let differs = || {
            let (value, of) = (self.value(&ident(&self.of.name)), spelled(&self.column.sql_type));
            format!("\nWHERE {column}::TEXT IS DISTINCT FROM ({value})::{of}::TEXT")
        };
        let which = if self.fits() { differs() } else { String::new() };
        // Whatever is written, the trigger has the last word.
        let fill = is_new.then(|| format!("UPDATE {table} SET {column} = NULL{which}"));
        let mut statements = vec![
            format!(
                "CREATE OR REPLACE FUNCTION {function}() RETURNS TRIGGER\n\
                 LANGUAGE plpgsql AS {tag}{body}{tag}"
            ),
            format!(
                "CREATE TRIGGER {name}\n    BEFORE INSERT OR UPDATE ON {table}\n    \
                 FOR EACH ROW EXECUTE FUNCTION {function}()"
            ),
        ];
        statements.extend(fill);
        statements
    }

    /// Ends that.
    pub(crate) fn end(&self) -> Vec<String> {
        let (name, table) = (ident(&self.name()), place(self.table.place()));
        vec![
            format!("DROP TRIGGER {name} ON {table}"),
            format!("DROP FUNCTION {}()", self.function()),
        ]
    }

    fn function(&self) -> String {
        within(self.table.schema.as_deref(), &self.name())
    }
}

/// The columns of a table that follow another.
pub(crate) fn following(table: &Table) -> impl Iterator<Item = Follow<'_>> {
    table.columns.iter().filter_map(|column| Follow::of(table, column))
}
