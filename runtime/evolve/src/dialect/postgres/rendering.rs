//! Operations as statements, in one direction.

use diesel_autogen_schema::{OwnPlace, PUBLIC, Table};

use super::alter::{Context, alter, alter_table};
use super::back::loosened;
use super::follow::Follow;
use super::hazards::hazards;
use super::labels::create_type;
use super::op::{Op, Rename};
use super::quote::{ident, place, type_name, within};
use super::render::{On, comment, comments, create_index, create_table, drop_index, rule_comment};
use super::rule::{Rule, rules};
use super::{rules_sql, sequence, why};
use crate::hazard::Hazard;

/// An operation in one direction.
pub(crate) struct Rendered {
    pub(crate) why: String,
    pub(crate) statements: Vec<String>,
    pub(crate) hazards: Vec<Hazard>,
}

pub(crate) fn rendered(op: &Op, context: &Context<'_>) -> Rendered {
    Rendered {
        why: why::why(op),
        statements: statements(op, context),
        hazards: hazards(op, context),
    }
}

fn statements(op: &Op, context: &Context<'_>) -> Vec<String> {
    match op {
        Op::CreateSchema(name) => vec![format!("CREATE SCHEMA {}", ident(name))],
        Op::DropSchema(name) => vec![format!("DROP SCHEMA {}", ident(name))],
        Op::CreateExtension(name) => {
            vec![format!("CREATE EXTENSION IF NOT EXISTS {}", ident(name))]
        }
        Op::DropExtension(name) => vec![format!("DROP EXTENSION {}", ident(name))],
        Op::CreateType(of) => {
            let remark = of.comment.as_ref().map(|text| comment(of.place(), &On::Type, Some(text)));
            std::iter::once(create_type(of)).chain(remark).collect()
        }
        Op::DropType(of) => vec![format!("DROP TYPE {}", type_name(of))],
        Op::KeepType(_) => Vec::new(),
        Op::Labels(labels) => labels.statements(context.ahead),
        Op::CreateTable(table) => created(table),
        Op::DropTable(table) => vec![format!("DROP TABLE {}", place(table.place()))],
        Op::Alter(it) if it.leaves => loosened(it, context),
        Op::Alter(it) => alter(it, context),
        Op::AddRules(table, rules) => {
            let unchecked = context.phased && !context.makes(table.place());
            rules_sql::add(table.place(), rules, unchecked)
        }
        Op::RestoreRules(table, rules) => rules_sql::add(table.place(), rules, false),
        Op::DropRules(table, rules) => rules_sql::drop(table.place(), rules),
        Op::Turn { table, before, after } => rules_sql::turned(table.place(), before, after),
        Op::Validate(table, rule) => vec![rules_sql::validate(table.place(), rule)],
        Op::Unvalidate(table, rule) => rules_sql::unvalidate(table.place(), rule),
        Op::CreateIndex(table, index) => {
            rules_sql::add(table.place(), &[Rule::Index(index.clone())], false)
        }
        Op::DropIndex(table, index) => vec![drop_index(table.schema.as_deref(), &index.name)],
        Op::Follow { table, column, is_new } => {
            followed(table, column).map_or_else(Vec::new, |it| it.begin(*is_new))
        }
        Op::Unfollow { table, column, is_gone: _ } => {
            followed(table, column).map_or_else(Vec::new, |it| it.end())
        }
        Op::Rename(it) => renamed(it),
        Op::Remark { at, on, before: _, after } => {
            vec![comment(at.place(), on, after.as_deref())]
        }
        Op::Tune { table, name, before, after } => {
            rules_sql::tuned(table.place(), name, before, after)
        }
        Op::Parameters { table, before, after } => {
            vec![alter_table(table.place(), &rules_sql::parameters(before, after))]
        }
    }
}

fn followed<'t>(table: &'t Table, column: &str) -> Option<Follow<'t>> {
    Follow::of(table, table.column(column)?)
}

/// A table with what is made beside it.
fn created(table: &Table) -> Vec<String> {
    let at = table.place();
    let apart = table.columns.iter().filter(|column| sequence::is_apart(at, column));
    let apart: Vec<_> = apart.collect();
    let mut statements: Vec<String> =
        apart.iter().map(|column| sequence::create(at, column)).collect();
    statements.extend(create_table(table));
    statements.extend(apart.iter().map(|column| sequence::own(at, column)));
    let rules = rules(table);
    for rule in &rules {
        if let Rule::Index(index) = rule {
            statements.push(create_index(at, index));
        }
    }
    statements.extend(comments(table));
    statements.extend(rules.iter().filter_map(|rule| rule_comment(at, rule)));
    statements
}

fn renamed(rename: &Rename) -> Vec<String> {
    match rename {
        Rename::Table { from, to } => moved("TABLE", from, to),
        Rename::Type { from, to } => moved("TYPE", from, to),
        Rename::Column { table, from, to } => vec![format!(
            "ALTER TABLE {} RENAME COLUMN {} TO {}",
            place(table.place()),
            ident(from),
            ident(to)
        )],
        Rename::Constraint { table, from, to } => vec![format!(
            "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
            place(table.place()),
            ident(from),
            ident(to)
        )],
        Rename::Index { schema, from, to } => {
            vec![format!("ALTER INDEX {} RENAME TO {}", within(schema.as_deref(), from), ident(to))]
        }
        Rename::Sequence { schema, from, to } => {
            let from = within(schema.as_deref(), from);
            vec![format!("ALTER SEQUENCE {from} RENAME TO {}", ident(to))]
        }
    }
}

fn moved(what: &str, from: &OwnPlace, to: &OwnPlace) -> Vec<String> {
    let mut statements = Vec::new();
    if from.name != to.name {
        let from = place(from.place());
        statements.push(format!("ALTER {what} {from} RENAME TO {}", ident(&to.name)));
    }
    if from.schema != to.schema {
        let here = within(from.schema.as_deref(), &to.name);
        let schema = ident(to.schema.as_deref().unwrap_or(PUBLIC));
        statements.push(format!("ALTER {what} {here} SET SCHEMA {schema}"));
    }
    statements
}
