//! What only models for MySQL and MariaDB say.

mod keys;
mod limits;
mod written;

use diesel_autogen_schema::facts::mysql::{
    DEFAULT_COLLATION, DEFAULT_ENGINE, charset_of, collation_of,
};
use diesel_autogen_schema::{Dialect, Extra, MyType, SqlType};

use super::attributes::ColumnAttrs;
use super::build::Builder;
use super::on_struct::ModelAttrs;
use crate::attributes::At;
use crate::dialect;

impl Builder {
    /// The facts of `engine`, `charset` and `collation` on the struct; the ordinary is not said.
    pub(super) fn kept_by(&mut self, attrs: &ModelAttrs) -> Vec<Extra> {
        let mut extras = Vec::new();
        if let Some(engine) = &attrs.engine
            && !engine.value.eq_ignore_ascii_case(DEFAULT_ENGINE)
        {
            extras.push(Extra::Engine(engine.value.clone().into()));
        }
        let collation = self.collation(attrs.charset.as_ref(), attrs.collation.as_ref());
        if let Some(collation) = collation.filter(|own| own != DEFAULT_COLLATION) {
            extras.push(Extra::Collate(collation.into()));
        }
        extras
    }

    /// The collation that is said, or that goes with the character set that is said.
    fn collation(
        &mut self,
        charset: Option<&At<String>>,
        collation: Option<&At<String>>,
    ) -> Option<String> {
        if let Some(collation) = collation
            && let Some(hint) = dialect::misspelled_collation(self.item.dialect, &collation.value)
        {
            let name = &collation.value;
            self.errors.at(collation.span, format_args!("no collation is called `{name}`{hint}"));
        }
        match (charset, collation) {
            (None, collation) => collation.map(|it| it.value.to_lowercase()),
            (Some(charset), None) => {
                let found = collation_of(&charset.value.to_lowercase());
                if found.is_none() {
                    let message = "what texts of this character set are ordered by hangs on the \
                                   server: say the `collation` too";
                    self.errors.at(charset.span, message);
                }
                found.map(str::to_owned)
            }
            (Some(charset), Some(collation)) => {
                let own = charset_of(&collation.value);
                if !own.eq_ignore_ascii_case(&charset.value) {
                    let (a, b) = (&collation.value, &charset.value);
                    let message = format_args!("`{a}` is a collation of `{own}`, not of `{b}`");
                    self.errors.at(collation.span, message);
                }
                Some(collation.value.to_lowercase())
            }
        }
    }

    /// Collations of columns, where they are not the table's, and columns that tell of updates.
    pub(super) fn texts_and_clocks(&mut self, own: &[ColumnAttrs]) {
        if self.item.dialect != Dialect::Mysql {
            return;
        }
        let table = self.table_collation();
        for (at, attrs) in own.iter().enumerate() {
            // What is wrong with its name is told with what is wrong with the column.
            if let Some(charset) = &attrs.charset {
                let collation = self.collation(Some(charset), attrs.collation.as_ref());
                self.item.columns[at].facts.collation = collation.map(Into::into);
            }
            let column = &mut self.item.columns[at];
            let named = column.ty.named().is_some();
            let facts = &mut column.facts;
            facts.collation = facts.collation.take().map(|it| it.to_lowercase().into());
            facts.collation.take_if(|own| *own == table);
            let Some(flag) = &attrs.on_update_now else { continue };
            let moment = |ty: &SqlType| {
                matches!(ty, SqlType::Timestamp { .. } | SqlType::My(MyType::Datetime { .. }))
            };
            if !named && !moment(&facts.sql_type) {
                let message = "only a date and time can be set to the time of an update";
                self.errors.at(flag.span, message);
            }
            if let Some(generated) = &attrs.generated {
                self.errors.at(generated.span, "what is computed is not set at an update");
            }
            let extras = std::mem::take(&mut facts.extras);
            facts.extras = extras.and(Extra::OnUpdateNow);
        }
    }

    /// That the servers can keep the table as it is declared, as far as its item says.
    pub(super) fn fits(&mut self, own: &[ColumnAttrs], attrs: &ModelAttrs) {
        if self.item.dialect == Dialect::Mysql {
            self.keys_fit(own, attrs);
            self.expressions_fit(own, attrs);
            self.limits_hold(own, attrs);
        }
    }

    /// The collation of columns that say none.
    fn table_collation(&self) -> String {
        self.item.facts.extras.collation().map_or(DEFAULT_COLLATION, |name| name).to_owned()
    }
}
