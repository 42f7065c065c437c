//! What rests on a column, made of another one.

use diesel_autogen_schema::{Check, Dialect, Expr, Extras, Index, Text, names};

use super::super::walk::bare;

/// A condition about other columns, under another name.
pub(super) fn check(of: &Check, renames: &[(String, String)], word: &str) -> Check {
    Check {
        name: names::check(&of.name, Some(word)).into(),
        expr: renamed(&of.expr, renames),
        extras: Extras::NONE,
    }
}

/// An index of other columns, under another name.
pub(super) fn index(of: &Index, renames: &[(String, String)], word: &str) -> Index {
    let own = |name: &Text| -> Text {
        let found = renames.iter().find(|(from, _)| *from == *name);
        found.map_or_else(|| name.clone(), |(_, to)| to.clone().into())
    };
    let mut keys = of.keys.clone();
    for key in keys.to_mut() {
        key.expr = match key.is_column {
            true => Expr(own(&key.expr.0)),
            false => renamed(&key.expr, renames),
        };
    }
    bare(&Index {
        name: names::index(&of.name, &[word]).into(),
        keys,
        unique: of.unique,
        predicate: of.predicate.as_ref().map(|it| renamed(it, renames)),
        extras: of.extras.renamed(own),
    })
}

fn renamed(expr: &Expr, renames: &[(String, String)]) -> Expr {
    let renames: Vec<(&str, &str)> = renames.iter().map(|(from, to)| (&**from, &**to)).collect();
    expr.renamed(&renames, Dialect::Postgres)
}
