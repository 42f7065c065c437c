//! Expressions after labels of enum types got other names.
//!
//! PostgreSQL keeps a label that is compared with a column as the label that it is, whatever that is
//! called later: `state = 'done'` says `state = 'closed'` once `done` is called `closed`.

use diesel_autogen_schema::sql::{Kind, Token, column_names, literal_text, tokens};
use diesel_autogen_schema::{Dialect, Enum, Expr, IndexKey, SqlType, Table};

use super::quote::string;
use crate::decide::relabelled;

/// The table, whose columns have the types after, with its expressions under the names after.
pub(crate) fn table(mut table: Table, changed: &[(Enum, Enum)]) -> Table {
    let types: Vec<(String, &(Enum, Enum))> = table
        .columns
        .iter()
        .filter_map(|column| {
            let SqlType::Enum(of) = &column.sql_type else { return None };
            let change = changed.iter().find(|(_, after)| after.place() == of.place())?;
            Some((column.name.to_string(), change))
        })
        .collect();
    if types.is_empty() {
        return table;
    }
    let own = |expr: &mut Expr| *expr = relabel(expr, &types);
    let key = |key: &mut IndexKey| {
        if !key.is_column {
            own(&mut key.expr);
        }
    };
    for column in table.columns.to_mut() {
        column.generated.iter_mut().for_each(|it| own(&mut it.expr));
    }
    table.checks.to_mut().iter_mut().for_each(|it| own(&mut it.expr));
    for index in table.indexes.to_mut() {
        index.keys.to_mut().iter_mut().for_each(key);
        index.predicate.iter_mut().for_each(own);
    }
    for rule in table.exclusions.to_mut() {
        rule.elements.to_mut().iter_mut().for_each(|it| key(&mut it.key));
        rule.predicate.iter_mut().for_each(own);
    }
    table
}

/// The expression, where no doubt is left that a text is a label: it is compared with a column.
fn relabel(expr: &Expr, types: &[(String, &(Enum, Enum))]) -> Expr {
    let all: Vec<Token<'_>> = tokens(expr.as_str(), Dialect::Postgres).collect();
    let names = column_names(&all, Dialect::Postgres);
    let solid: Vec<usize> = (0..all.len()).filter(|at| all[*at].kind != Kind::Space).collect();
    let mut texts: Vec<String> = all.iter().map(|token| token.text.to_owned()).collect();
    for (place, at) in solid.iter().enumerate() {
        let Some(label) = Some(all[*at]).filter(|it| it.kind == Kind::String) else { continue };
        let before: Vec<Token<'_>> = solid[..place].iter().map(|at| all[*at]).collect();
        let Some(column) = compared(&before).map(|place| solid[place]) else { continue };
        let is = |name: &str| names[column] && all[column].is_column(name, Dialect::Postgres);
        let of = types.iter().find(|(name, _)| is(name));
        let now = of.and_then(|(_, (from, to))| relabelled(&literal_text(label.text)?, from, to));
        if let Some(now) = now {
            texts[*at] = string(now);
        }
    }
    Expr::from(texts.concat())
}

/// Which of the tokens in front of a text may be the column that it is compared with: `a =`,
/// `a <>`, `a IN ('x',`.
fn compared(before: &[Token<'_>]) -> Option<usize> {
    let is_sign = |token: &&Token<'_>| matches!(token.text, "=" | "<" | ">" | "!");
    let signs = before.iter().rev().take_while(is_sign).count();
    if signs > 0 {
        return before.len().checked_sub(signs + 1);
    }
    let is_listed = |token: &&Token<'_>| {
        token.kind == Kind::String || token.kind == Kind::Punctuation && token.text == ","
    };
    let open = before.iter().rev().take_while(is_listed).count();
    let open = before.len().checked_sub(open + 1).filter(|at| before[*at].text == "(")?;
    let word = |at: usize, word: &str| before[at].text.eq_ignore_ascii_case(word);
    let within = open.checked_sub(1).filter(|at| word(*at, "in"))?;
    let column = within.checked_sub(1)?;
    if word(column, "not") { column.checked_sub(1) } else { Some(column) }
}

#[cfg(test)]
mod tests {
    use diesel_autogen_schema::{Check, Column, Extras, Label};

    use super::*;

    fn state(labels: &[(&'static str, Option<&'static str>)]) -> Enum {
        let label = |(name, from): &(&'static str, Option<&'static str>)| Label {
            name: (*name).into(),
            renamed_from: from.map(Into::into),
        };
        Enum::new("state", labels.iter().map(label).collect())
    }

    #[test]
    fn labels_are_told_from_other_texts() {
        let before = state(&[("open", None), ("done", None)]);
        let after = state(&[("open", None), ("it's done", Some("done"))]);
        for (sql, now) in [
            ("state = 'done' AND name = 'done'", "state = 'it''s done' AND name = 'done'"),
            ("\"state\" NOT IN ('open', 'done')", "\"state\" NOT IN ('open', 'it''s done')"),
            ("orders.state >= 'done'", "orders.state >= 'it''s done'"),
            ("state::text = 'done'", "state::text = 'done'"),
            ("lower(state) = 'done'", "lower(state) = 'done'"),
            (
                "CASE WHEN state = 'done' THEN 'done' END",
                "CASE WHEN state = 'it''s done' THEN 'done' END",
            ),
            ("coalesce(name, 'done') IN ('done')", "coalesce(name, 'done') IN ('done')"),
        ] {
            let mut own = Table::new("orders".into());
            own.columns = vec![
                Column::new("state".into(), SqlType::Enum(after.clone())),
                Column::new("name".into(), SqlType::TEXT),
            ]
            .into();
            own.checks =
                vec![Check { name: "c".into(), expr: sql.into(), extras: Extras::NONE }].into();
            let table = table(own, &[(before.clone(), after.clone())]);
            assert_eq!(table.checks[0].expr.as_str(), now);
        }
    }
}
