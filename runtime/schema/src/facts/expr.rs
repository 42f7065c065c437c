use super::Text;
use crate::{Dialect, sql};

/// A piece of SQL as somebody wrote it.
///
/// Two expressions are equal when their tokens are: white space, comments, the case of unquoted
/// words, quotes that a lower-case name does not need, parentheses round the whole, and the order
/// of literals in `IN ('a', 'b')` make no difference.
#[derive(Clone, Debug)]
pub struct Expr(pub Text);

impl Expr {
    /// The text as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the expression, as the engine reads it, names this column, quoted or not. Text inside
    /// string literals and names of functions and types do not count.
    pub fn mentions(&self, column: &str, dialect: Dialect) -> bool {
        sql::names(&self.0, dialect).any(|token| token.is_column(column, dialect))
    }

    /// The expression, as the engine reads it, after columns were renamed from the first name to
    /// the second. All renames happen at once, so names can be swapped.
    pub fn renamed(&self, renames: &[(&str, &str)], dialect: Dialect) -> Expr {
        Expr(sql::rename(&self.0, renames, dialect).into())
    }
}

impl PartialEq for Expr {
    fn eq(&self, other: &Expr) -> bool {
        self.0 == other.0 || sql::same(&self.0, &other.0)
    }
}

impl Eq for Expr {}

impl From<&'static str> for Expr {
    fn from(text: &'static str) -> Expr {
        Expr(text.into())
    }
}

impl From<String> for Expr {
    fn from(text: String) -> Expr {
        Expr(text.into())
    }
}
