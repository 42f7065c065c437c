//! What only other items know, filled in.

use diesel_autogen_schema::{Column, Dialect, ForeignKey, Identity, Label, SqlType, Table, sql};
use syn::Path;

use super::add::integer;
use super::{ColumnItem, ModelItem, Reference, Sizes, Target, sized};
use crate::dialect::wrong_default;
use crate::errors::{Errors, did_you_mean};

impl ModelItem {
    /// The whole table. `types` finds the SQL type behind a type of the user's, `targets` the SQL
    /// names behind a reference ([`Reference::as_named`] when no name differs).
    ///
    /// # Errors
    /// Whatever the two do not find, and types that a column cannot have.
    pub fn resolve(
        &self,
        mut types: impl FnMut(&Path) -> Result<SqlType, syn::Error>,
        mut targets: impl FnMut(&Reference) -> Result<Target, syn::Error>,
    ) -> Result<Table, Vec<syn::Error>> {
        let mut errors = Errors::default();
        let mut table = self.facts.clone();
        for column in &self.columns {
            let sql_type = match column.ty.named() {
                None => Ok(column.facts.sql_type.clone()),
                Some(path) => types(path).map(|named| column.ty.facts(named)),
            };
            let settled = sql_type.and_then(|sql_type| column.settle(sql_type, self.dialect));
            table.columns.to_mut().extend(errors.keep(settled));
        }
        for key in &self.foreign_keys {
            let Some(target) = errors.keep(targets(&key.reference)) else { continue };
            table.foreign_keys.to_mut().push(ForeignKey {
                name: key.name.clone().into(),
                columns: key.columns.iter().cloned().map(Into::into).collect(),
                table: target.table.into(),
                references: target.columns.into_iter().map(Into::into).collect(),
                on_delete: key.on_delete,
                on_update: key.on_update,
                deferrable: key.deferrable,
                extras: key.extras.clone(),
                schema: target.schema.map(Into::into),
            });
        }
        errors.finish(table)
    }
}

impl ColumnItem {
    /// The facts of the column, whose type is `sql_type` before the column's own parameters.
    ///
    /// # Errors
    /// When the type does not take them.
    fn settle(&self, sql_type: SqlType, dialect: Dialect) -> Result<Column, syn::Error> {
        let wrong = |message: String| syn::Error::new(self.span, message);
        let sizes = if self.ty.named().is_some() { self.sizes } else { Sizes::default() };
        let sql_type = sized(sql_type, sizes, dialect).map_err(wrong)?;
        if let Some(asked @ (Identity::Always | Identity::Serial)) = self.identity
            && !integer(&sql_type)
        {
            let message = format!("only an integer column can be `{}`", asked.name());
            return Err(wrong(message));
        }
        let identity = self.identity.filter(|_| integer(&sql_type));
        let column = Column { identity, sql_type, ..self.facts.clone() };
        match (&column.sql_type, &column.default) {
            (SqlType::Enum(of), Some(default)) => {
                label(default.as_str(), &of.labels).map_err(wrong)?;
            }
            (_, Some(default)) => {
                if let Some(message) = wrong_default(dialect, default.as_str(), &column, true) {
                    return Err(wrong(format!("column `{}` {message}", column.name)));
                }
            }
            (_, None) => {}
        }
        Ok(column)
    }
}

/// That a default that is plain text is a label.
fn label(default: &str, labels: &[Label]) -> Result<(), String> {
    let Some(text) = sql::literal_text(default) else { return Ok(()) };
    if labels.iter().any(|label| label.name == text) {
        return Ok(());
    }
    let hint = did_you_mean(&text, labels.iter().map(|label| label.name.as_ref()));
    Err(format!("default `{default}` is none of the labels{hint}"))
}
