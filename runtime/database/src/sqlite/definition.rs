//! A `CREATE TABLE` statement as plain values, every constraint at table level.

use bumpalo::Bump;
use diesel_autogen_schema::{Action, Deferrable, Storage};
use fallible_iterator::FallibleIterator;
use sqlite3_parser::ast::{
    Cmd, ColumnConstraint, ColumnDefinition, CreateTableBody, DeferSubclause, Expr,
    ForeignKeyClause, InitDeferredPred, RefAct, RefArg, ResolveType, SortOrder, SortedColumn, Stmt,
    TabFlags, TableConstraint, Type, TypeSize,
};
use sqlite3_parser::lexer::sql::Parser;

use super::text::{Expressions, unquoted};

/// What a `CREATE TABLE` says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Definition {
    pub(crate) columns: Vec<ColumnDef>,
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) strict: bool,
    pub(crate) without_rowid: bool,
}

/// One column without its constraints.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ColumnDef {
    pub(crate) name: String,
    /// Declared type as written; empty when there is none.
    pub(crate) declared: String,
    pub(crate) not_null: Option<Conflict>,
    pub(crate) default: Option<String>,
    pub(crate) collation: Option<String>,
    pub(crate) generated: Option<(String, Storage)>,
}

/// A constraint and its name, if it was given one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Constraint {
    pub(crate) name: Option<String>,
    /// The column it was written at.
    pub(crate) inline: Option<String>,
    pub(crate) rule: Rule,
}

/// What `ON CONFLICT` says, if anything.
pub(crate) type Conflict = Option<&'static str>;

/// What a constraint demands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Rule {
    PrimaryKey { columns: Vec<KeyColumn>, autoincrement: bool, conflict: Conflict },
    Unique { columns: Vec<KeyColumn>, conflict: Conflict },
    Check { expr: String, conflict: Conflict },
    ForeignKey(Reference),
}

/// A column of a key.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeyColumn {
    pub(crate) name: String,
    pub(crate) collation: Option<String>,
    pub(crate) descending: bool,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reference {
    pub(crate) columns: Vec<String>,
    pub(crate) table: String,
    /// Empty when the primary key is meant.
    pub(crate) references: Vec<String>,
    pub(crate) on_delete: Action,
    pub(crate) on_update: Action,
    pub(crate) deferrable: Deferrable,
}

impl Definition {
    /// Reads the text that SQLite keeps of a table.
    pub(crate) fn parse(create_table: &str) -> Result<Definition, String> {
        let arena = Bump::new();
        let mut parser = Parser::new(&arena, create_table.as_bytes());
        let command = parser.next().map_err(|error| error.to_string())?;
        let Some(Cmd::Stmt(Stmt::CreateTable { body, .. })) = &command else {
            return Err("it is no CREATE TABLE statement".to_owned());
        };
        let CreateTableBody::ColumnsAndConstraints { columns, constraints, flags } = body else {
            return Err("it is made of a SELECT".to_owned());
        };
        let mut reader = Reader::new(create_table);
        for column in columns {
            reader.column(column)?;
        }
        for constraint in constraints.unwrap_or_default() {
            let name = constraint.name.as_ref().map(|name| unquoted(name.0));
            let rule = reader.table_rule(&constraint.constraint)?;
            reader.constraints.push(Constraint { name, inline: None, rule });
        }
        Ok(Definition {
            columns: reader.columns,
            constraints: reader.constraints,
            strict: flags.contains(TabFlags::Strict),
            without_rowid: flags.contains(TabFlags::WithoutRowid),
        })
    }

    /// The columns of the primary key.
    pub(crate) fn primary_key(&self) -> &[KeyColumn] {
        self.constraints
            .iter()
            .find_map(|constraint| match &constraint.rule {
                Rule::PrimaryKey { columns, .. } => Some(&columns[..]),
                Rule::Unique { .. } | Rule::Check { .. } | Rule::ForeignKey(_) => None,
            })
            .unwrap_or_default()
    }

    /// The name as the column's own definition spells it.
    pub(crate) fn spelled(&self, name: &str) -> String {
        let own = self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name));
        own.map_or_else(|| name.to_owned(), |column| column.name.clone())
    }
}

/// Puts the expressions of the text beside the constraints of the syntax tree, which come in the
/// same order.
struct Reader {
    checks: std::vec::IntoIter<String>,
    defaults: std::vec::IntoIter<String>,
    generated: std::vec::IntoIter<String>,
    columns: Vec<ColumnDef>,
    constraints: Vec<Constraint>,
}

impl Reader {
    fn new(create_table: &str) -> Reader {
        let Expressions { checks, defaults, generated } = Expressions::of(create_table);
        Reader {
            checks: checks.into_iter(),
            defaults: defaults.into_iter(),
            generated: generated.into_iter(),
            columns: Vec::new(),
            constraints: Vec::new(),
        }
    }

    fn column(&mut self, definition: &ColumnDefinition<'_>) -> Result<(), String> {
        let mut column = ColumnDef {
            name: unquoted(definition.col_name.0),
            declared: definition.col_type.as_ref().map(declared).unwrap_or_default(),
            not_null: None,
            default: None,
            collation: None,
            generated: None,
        };
        for constraint in definition.constraints {
            let name = constraint.name.as_ref().map(|name| unquoted(name.0));
            if let Some(rule) = self.column_rule(&mut column, &constraint.constraint)? {
                let inline = Some(column.name.clone());
                self.constraints.push(Constraint { name, inline, rule });
            }
        }
        self.columns.push(column);
        Ok(())
    }

    /// What a constraint says about the column goes into `column`; a rule is given back.
    fn column_rule(
        &mut self,
        column: &mut ColumnDef,
        constraint: &ColumnConstraint<'_>,
    ) -> Result<Option<Rule>, String> {
        let own = |order: Option<SortOrder>| KeyColumn {
            name: column.name.clone(),
            collation: None,
            descending: order == Some(SortOrder::Desc),
        };
        Ok(Some(match constraint {
            ColumnConstraint::PrimaryKey { order, conflict_clause, auto_increment } => {
                Rule::PrimaryKey {
                    columns: vec![own(*order)],
                    autoincrement: *auto_increment,
                    conflict: conflict(*conflict_clause),
                }
            }
            ColumnConstraint::Unique(clause) => {
                Rule::Unique { columns: vec![own(None)], conflict: conflict(*clause) }
            }
            ColumnConstraint::Check(_) => Rule::Check { expr: self.check()?, conflict: None },
            ColumnConstraint::ForeignKey { clause, defer_clause } => Rule::ForeignKey(reference(
                vec![column.name.clone()],
                clause,
                defer_clause.as_ref(),
            )),
            ColumnConstraint::Defer(defer) => {
                let last = self.constraints.last_mut().map(|constraint| &mut constraint.rule);
                if let Some(Rule::ForeignKey(reference)) = last {
                    reference.deferrable = deferrable(Some(defer));
                }
                return Ok(None);
            }
            ColumnConstraint::NotNull { nullable, conflict_clause } => {
                column.not_null = (!nullable).then(|| conflict(*conflict_clause));
                return Ok(None);
            }
            ColumnConstraint::Default(_) => {
                column.default = Some(self.defaults.next().ok_or("its DEFAULT is hidden")?);
                return Ok(None);
            }
            ColumnConstraint::Collate { collation_name } => {
                column.collation = Some(unquoted(collation_name.0));
                return Ok(None);
            }
            ColumnConstraint::Generated { expr: _, typ } => {
                let stored = typ.as_ref().is_some_and(|typ| typ.0.eq_ignore_ascii_case("stored"));
                let storage = if stored { Storage::Stored } else { Storage::Virtual };
                let expr = self.generated.next().ok_or("its generated column is hidden")?;
                column.generated = Some((expr, storage));
                return Ok(None);
            }
        }))
    }

    fn table_rule(&mut self, constraint: &TableConstraint<'_>) -> Result<Rule, String> {
        Ok(match constraint {
            TableConstraint::PrimaryKey { columns, auto_increment, conflict_clause } => {
                Rule::PrimaryKey {
                    columns: columns.iter().map(key_column).collect(),
                    autoincrement: *auto_increment,
                    conflict: conflict(*conflict_clause),
                }
            }
            TableConstraint::Unique { columns, conflict_clause } => Rule::Unique {
                columns: columns.iter().map(key_column).collect(),
                conflict: conflict(*conflict_clause),
            },
            TableConstraint::Check(_, clause) => {
                Rule::Check { expr: self.check()?, conflict: conflict(*clause) }
            }
            TableConstraint::ForeignKey { columns, clause, defer_clause } => {
                let columns = columns.iter().map(|column| unquoted(column.col_name.0)).collect();
                Rule::ForeignKey(reference(columns, clause, defer_clause.as_ref()))
            }
        })
    }

    fn check(&mut self) -> Result<String, String> {
        self.checks.next().ok_or_else(|| "its CHECK is hidden".to_owned())
    }
}

fn declared(of: &Type<'_>) -> String {
    // SQLite takes names in quotes for a type as well.
    let name: Vec<String> = of.name.split_whitespace().map(unquoted).collect();
    let name = name.join(" ");
    match &of.size {
        None => name,
        Some(TypeSize::MaxSize(size)) => format!("{name}({size})"),
        Some(TypeSize::TypeSize(one, two)) => format!("{name}({one}, {two})"),
    }
}

fn key_column(column: &SortedColumn<'_>) -> KeyColumn {
    let (expr, collation) = match &column.expr {
        Expr::Collate(expr, collation) => (*expr, Some(unquoted(collation))),
        expr => (expr, None),
    };
    let descending = column.order == Some(SortOrder::Desc);
    KeyColumn { name: unquoted(&expr.to_string()), collation, descending }
}

fn reference(
    columns: Vec<String>,
    clause: &ForeignKeyClause<'_>,
    defer: Option<&DeferSubclause>,
) -> Reference {
    let mut on_delete = Action::NoAction;
    let mut on_update = Action::NoAction;
    for arg in clause.args {
        match arg {
            RefArg::OnDelete(act) => on_delete = action(*act),
            RefArg::OnUpdate(act) => on_update = action(*act),
            // SQLite reads both and does nothing about them.
            RefArg::OnInsert(_) | RefArg::Match(_) => {}
        }
    }
    let references = clause.columns.unwrap_or_default();
    Reference {
        columns,
        table: unquoted(clause.tbl_name.0),
        references: references.iter().map(|column| unquoted(column.col_name.0)).collect(),
        on_delete,
        on_update,
        deferrable: deferrable(defer),
    }
}

fn action(act: RefAct) -> Action {
    match act {
        RefAct::SetNull => Action::SetNull,
        RefAct::SetDefault => Action::SetDefault,
        RefAct::Cascade => Action::Cascade,
        RefAct::Restrict => Action::Restrict,
        RefAct::NoAction => Action::NoAction,
    }
}

fn deferrable(defer: Option<&DeferSubclause>) -> Deferrable {
    match defer {
        None | Some(DeferSubclause { deferrable: false, init_deferred: _ }) => Deferrable::No,
        Some(DeferSubclause { deferrable: true, init_deferred }) => match init_deferred {
            Some(InitDeferredPred::InitiallyDeferred) => Deferrable::InitiallyDeferred,
            Some(InitDeferredPred::InitiallyImmediate) | None => Deferrable::InitiallyImmediate,
        },
    }
}

fn conflict(clause: Option<ResolveType>) -> Conflict {
    clause.map(|clause| match clause {
        ResolveType::Rollback => "ROLLBACK",
        ResolveType::Abort => "ABORT",
        ResolveType::Fail => "FAIL",
        ResolveType::Ignore => "IGNORE",
        ResolveType::Replace => "REPLACE",
    })
}
