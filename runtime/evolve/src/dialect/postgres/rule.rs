//! Everything of a table that has a name of its own and is no column: constraints and indexes.

use diesel_autogen_schema::{
    Check, Deferrable, Dialect, Exclusion, Expr, Extra, Extras, ForeignKey, Index, IndexKey, List,
    Table, Text, Unique, names,
};

use super::quote::ident;

/// A constraint or an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    PrimaryKey { name: Text, columns: List<Text> },
    Unique(Unique),
    Check(Check),
    Exclusion(Exclusion),
    Index(Index),
    ForeignKey(ForeignKey),
}

/// What of a rule can be changed where it stands, beside name and remark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tuning {
    /// When a foreign key is checked.
    Checked(Deferrable),
    /// How an index is kept from now on.
    Kept(Extras),
    /// Nothing.
    None,
}

/// Storage parameters that mean something for an index that is there.
const TUNABLE: [&str; 5] =
    ["autosummarize", "deduplicate_items", "fastupdate", "fillfactor", "gin_pending_list_limit"];

fn is_tunable(extra: &Extra) -> bool {
    matches!(extra, Extra::With(name, _) if TUNABLE.contains(&name.as_ref()))
}

impl Rule {
    pub(crate) fn name(&self) -> &Text {
        match self {
            Rule::PrimaryKey { name, columns: _ } => name,
            Rule::Unique(it) => &it.name,
            Rule::Check(it) => &it.name,
            Rule::Exclusion(it) => &it.name,
            Rule::Index(it) => &it.name,
            Rule::ForeignKey(it) => &it.name,
        }
    }

    pub(crate) fn extras(&self) -> &Extras {
        match self {
            Rule::PrimaryKey { .. } => &Extras::NONE,
            Rule::Unique(it) => &it.extras,
            Rule::Check(it) => &it.extras,
            Rule::Exclusion(it) => &it.extras,
            Rule::Index(it) => &it.extras,
            Rule::ForeignKey(it) => &it.extras,
        }
    }

    pub(crate) fn foreign_key(&self) -> Option<&ForeignKey> {
        if let Rule::ForeignKey(key) = self { Some(key) } else { None }
    }

    /// Whether it can hold for new rows first, and be looked at with the others later.
    pub(crate) fn waits(&self) -> bool {
        match self {
            Rule::Check(_) | Rule::ForeignKey(_) => true,
            Rule::PrimaryKey { .. } | Rule::Unique(_) | Rule::Exclusion(_) | Rule::Index(_) => {
                false
            }
        }
    }

    pub(crate) fn is_index(&self) -> bool {
        matches!(self, Rule::Index(_))
    }

    /// Whether its name is one of a relation, which must be the only one in its schema.
    pub(crate) fn is_relation(&self) -> bool {
        match self {
            Rule::PrimaryKey { .. } | Rule::Unique(_) | Rule::Exclusion(_) | Rule::Index(_) => true,
            Rule::Check(_) | Rule::ForeignKey(_) => false,
        }
    }

    /// The columns that a foreign key may refer to because of this rule.
    pub(crate) fn key(&self) -> Option<Vec<&str>> {
        match self {
            Rule::PrimaryKey { name: _, columns } => Some(texts(columns)),
            Rule::Unique(it) => Some(texts(&it.columns)),
            Rule::Index(it) if it.unique && it.predicate.is_none() => {
                let keys = it.keys.iter();
                keys.map(|key| key.is_column.then_some(key.expr.as_str())).collect()
            }
            Rule::Check(_) | Rule::Exclusion(_) | Rule::Index(_) | Rule::ForeignKey(_) => None,
        }
    }

    /// Whether it holds text that PostgreSQL keeps parsed: such text means the types that columns
    /// had when it was written.
    pub(crate) fn says(&self, column: &str) -> bool {
        let key = |key: &IndexKey| !key.is_column && key.expr.mentions(column, Dialect::Postgres);
        let rows = |of: &Option<Expr>| {
            of.as_ref().is_some_and(|of| of.mentions(column, Dialect::Postgres))
        };
        match self {
            Rule::PrimaryKey { .. } | Rule::Unique(_) | Rule::ForeignKey(_) => false,
            Rule::Check(it) => it.expr.mentions(column, Dialect::Postgres),
            Rule::Exclusion(it) => it.elements.iter().any(|it| key(&it.key)) || rows(&it.predicate),
            Rule::Index(it) => it.keys.iter().any(key) || rows(&it.predicate),
        }
    }

    /// What it sorts or compares rows by, where it may say how.
    pub(crate) fn sorted(&self) -> Vec<&IndexKey> {
        match self {
            Rule::PrimaryKey { .. } | Rule::Unique(_) | Rule::Check(_) | Rule::ForeignKey(_) => {
                Vec::new()
            }
            Rule::Exclusion(it) => it.elements.iter().map(|it| &it.key).collect(),
            Rule::Index(it) => it.keys.iter().collect(),
        }
    }

    /// Whether it is about the column in any way; for a foreign key, about its own column.
    pub(crate) fn concerns(&self, column: &str) -> bool {
        let has = |columns: &[Text]| columns.iter().any(|it| it == column);
        let key = |key: &IndexKey| key.is_column && key.expr.as_str() == column;
        self.carries(column)
            || self.says(column)
            || match self {
                Rule::PrimaryKey { name: _, columns } => has(columns),
                Rule::Unique(it) => has(&it.columns),
                Rule::Check(_) => false,
                Rule::Exclusion(it) => it.elements.iter().any(|it| key(&it.key)),
                Rule::Index(it) => it.keys.iter().any(key),
                Rule::ForeignKey(it) => has(&it.columns),
            }
    }

    /// Whether the column is carried along in its index without being part of the key.
    pub(crate) fn carries(&self, column: &str) -> bool {
        self.extras().iter().any(|extra| {
            if let Extra::Include(columns) = extra {
                columns.iter().any(|it| it == column)
            } else {
                false
            }
        })
    }

    /// Whether rows that are alike in the column may be one too many for it.
    pub(crate) fn keeps_apart(&self, column: &str) -> bool {
        let is_unique = match self {
            Rule::PrimaryKey { .. } | Rule::Unique(_) | Rule::Exclusion(_) => true,
            Rule::Index(it) => it.unique,
            Rule::Check(_) | Rule::ForeignKey(_) => false,
        };
        is_unique && self.concerns(column)
    }

    pub(crate) fn tuning(&self) -> Tuning {
        match self {
            Rule::ForeignKey(key) => Tuning::Checked(key.deferrable),
            Rule::Unique(_) | Rule::Exclusion(_) | Rule::Index(_) => {
                let kept = self.extras().iter().filter(|it| is_tunable(it));
                Tuning::Kept(kept.cloned().collect::<Vec<_>>().into())
            }
            Rule::PrimaryKey { .. } | Rule::Check(_) => Tuning::None,
        }
    }

    /// The same under another name.
    pub(crate) fn called(&self, name: &Text) -> Rule {
        let name = name.clone();
        match self.clone() {
            Rule::PrimaryKey { name: _, columns } => Rule::PrimaryKey { name, columns },
            Rule::Unique(it) => Rule::Unique(Unique { name, ..it }),
            Rule::Check(it) => Rule::Check(Check { name, ..it }),
            Rule::Exclusion(it) => Rule::Exclusion(Exclusion { name, ..it }),
            Rule::Index(it) => Rule::Index(Index { name, ..it }),
            Rule::ForeignKey(it) => Rule::ForeignKey(ForeignKey { name, ..it }),
        }
    }

    /// The same without what can be changed where it stands: name, remark and [`Tuning`].
    pub(crate) fn substance(&self) -> Rule {
        let no_name = Text::Borrowed("");
        let bare = |extras: &Extras| -> Extras {
            let kept =
                extras.iter().filter(|it| !matches!(it, Extra::Comment(_)) && !is_tunable(it));
            kept.cloned().collect::<Vec<_>>().into()
        };
        let extras = bare(self.extras());
        match self.clone() {
            Rule::PrimaryKey { name: _, columns } => Rule::PrimaryKey { name: no_name, columns },
            Rule::Unique(it) => Rule::Unique(Unique { name: no_name, extras, ..it }),
            Rule::Check(it) => Rule::Check(Check { name: no_name, extras, ..it }),
            Rule::Exclusion(it) => {
                let mut it = Exclusion { name: no_name, extras, ..it };
                it.elements.to_mut().iter_mut().for_each(|it| it.key.is_column = false);
                Rule::Exclusion(it)
            }
            Rule::Index(it) => {
                let mut it = Index { name: no_name, extras, ..it };
                it.keys.to_mut().iter_mut().for_each(|key| key.is_column = false);
                Rule::Index(it)
            }
            Rule::ForeignKey(it) => {
                let deferrable = Deferrable::No;
                Rule::ForeignKey(ForeignKey { name: no_name, extras, deferrable, ..it })
            }
        }
    }

    /// As a comment calls it: `unique users_email_key`.
    pub(crate) fn words(&self) -> String {
        match self {
            Rule::PrimaryKey { name: _, columns } => {
                format!("primary key ({})", columns.join(", "))
            }
            Rule::Unique(it) => format!("unique {}", it.name),
            Rule::Check(it) => format!("check {}", it.name),
            Rule::Exclusion(it) => format!("exclusion {}", it.name),
            Rule::Index(it) if it.unique => format!("unique index {}", it.name),
            Rule::Index(it) => format!("index {}", it.name),
            Rule::ForeignKey(it) => format!("foreign key {}", it.name),
        }
    }
}

/// Rules that one statement can add, and those that it must not: what PostgreSQL takes for the same
/// uniqueness twice in one statement, it makes once.
pub(crate) fn apart(rules: &[Rule]) -> (Vec<&Rule>, Vec<&Rule>) {
    let mut seen: Vec<&[Text]> = Vec::new();
    rules.iter().partition(|rule| {
        let columns = match rule {
            Rule::PrimaryKey { name: _, columns } => columns,
            Rule::Unique(it) => &it.columns,
            Rule::Check(_) | Rule::Exclusion(_) | Rule::Index(_) | Rule::ForeignKey(_) => {
                return true;
            }
        };
        let first = !seen.contains(&&columns[..]);
        seen.push(columns);
        first
    })
}

fn texts(columns: &[Text]) -> Vec<&str> {
    columns.iter().map(|column| column.as_ref()).collect()
}

/// The rules of a table, those first that others may need.
pub(crate) fn rules(table: &Table) -> Vec<Rule> {
    let columns = &table.primary_key;
    let key = (!columns.is_empty()).then(|| Rule::PrimaryKey {
        name: names::primary_key(&table.name).into(),
        columns: columns.clone(),
    });
    let mut all: Vec<Rule> = key.into_iter().collect();
    all.extend(table.uniques.iter().cloned().map(Rule::Unique));
    all.extend(table.checks.iter().cloned().map(Rule::Check));
    all.extend(table.exclusions.iter().cloned().map(Rule::Exclusion));
    all.extend(table.indexes.iter().cloned().map(Rule::Index));
    all.extend(table.foreign_keys.iter().cloned().map(Rule::ForeignKey));
    all
}

/// The condition by which a column holds a value, without being required: what the server has seen
/// to be so of every row, it need not look at again.
pub(crate) fn presence(table: &str, column: &str) -> Check {
    let expr = Expr(format!("{} IS NOT NULL", ident(column)).into());
    Check { name: names::present(table, column).into(), expr, extras: Extras::NONE }
}

/// Whether a condition was made to say that a column holds a value.
pub(crate) fn is_presence(check: &Check, column: &str) -> bool {
    check.name.ends_with("_present") && check.expr == presence("", column).expr
}

/// Whether a rule of the table says that the column holds a value.
pub(crate) fn is_proved(table: &Table, column: &str) -> bool {
    table.checks.iter().any(|check| is_presence(check, column))
}

/// Whether a rule of the table says that some column holds a value.
pub(crate) fn is_proving(table: &Table) -> bool {
    table.columns.iter().any(|column| is_proved(table, &column.name))
}
