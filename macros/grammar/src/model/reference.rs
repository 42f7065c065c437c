use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Ident, Path, Token, parenthesized};

/// The other end of a foreign key, in Rust's names.
#[derive(Clone)]
pub struct Reference {
    /// Path of the referenced `table!` module: `crate::models::teams`.
    pub table: Path,
    /// Its columns.
    pub columns: Vec<Ident>,
}

/// The other end of a foreign key, in SQL's names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The schema that the table is in; see [`diesel_autogen_schema::facts::Place`].
    pub schema: Option<String>,
    /// The table.
    pub table: String,
    /// Its columns.
    pub columns: Vec<String>,
}

impl Reference {
    /// The target if every SQL name is the Rust name, which is the rule, and the table is where
    /// the engine looks first.
    pub fn as_named(&self) -> Target {
        Target {
            schema: None,
            table: self.module().map(|ident| ident.unraw().to_string()).unwrap_or_default(),
            columns: self.columns.iter().map(|ident| ident.unraw().to_string()).collect(),
        }
    }

    /// Name of the referenced module.
    pub fn module(&self) -> Option<&Ident> {
        self.table.segments.last().map(|segment| &segment.ident)
    }

    /// Parses `teams::id` and `orders(x, y)`.
    pub(crate) fn parse(input: ParseStream) -> syn::Result<Reference> {
        let mut table = input.call(Path::parse_mod_style)?;
        if input.is_empty() {
            let column = table.segments.pop().map(|pair| pair.into_value().ident);
            table.segments.pop_punct();
            return match column {
                Some(column) if !table.segments.is_empty() => {
                    Ok(Reference { table, columns: vec![column] })
                }
                _ => Err(input.error("expected a table and its column")),
            };
        }
        let content;
        parenthesized!(content in input);
        let columns =
            Punctuated::<Ident, Token![,]>::parse_terminated_with(&content, Ident::parse_any)?;
        Ok(Reference { table, columns: columns.into_iter().collect() })
    }
}
