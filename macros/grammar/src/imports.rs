//! What the `use` lines of a `table!` make of its types' names.

use diesel_autogen_schema::{Dialect, SqlType};
use syn::{ItemUse, Path, Type, UseTree};

use crate::dialect;
use crate::naming::plain;
use crate::rust_type::only_argument;

/// Names that are imported one by one. What `*` brings along is not known, and Diesel's own types
/// are what it brings by rule.
#[derive(Default)]
pub(crate) struct Imports(Vec<(String, Vec<String>)>);

impl Imports {
    pub(crate) fn add(&mut self, item: &ItemUse) {
        self.tree(&item.tree, &mut Vec::new());
    }

    fn tree(&mut self, tree: &UseTree, route: &mut Vec<String>) {
        let (name, last) = match tree {
            UseTree::Path(path) => {
                route.push(plain(&path.ident));
                self.tree(&path.tree, route);
                route.pop();
                return;
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.tree(tree, route);
                }
                return;
            }
            UseTree::Glob(_) => return,
            UseTree::Name(name) => (&name.ident, &name.ident),
            UseTree::Rename(rename) => (&rename.rename, &rename.ident),
        };
        let mut target = route.clone();
        if last != "self" {
            target.push(plain(last));
        }
        let name = if name == "self" { target.last().cloned() } else { Some(plain(name)) };
        self.0.extend(name.map(|name| (name, target)));
    }

    /// The type of Diesel's that a path in the `table!` means, or `None` when it is another.
    pub(crate) fn diesel_type(&self, path: &Path, dialect: Dialect) -> Option<SqlType> {
        if !path.segments.last()?.arguments.is_empty() {
            return None;
        }
        let route = self.route(path)?;
        match route.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["diesel", "sqlite", "sql_types", "Timestamptz"] => {
                SqlType::TimestamptzSqlite.on(dialect)
            }
            [name] | ["diesel", .., name] => dialect::known(dialect, name),
            _ => None,
        }
    }

    /// What a path is a list of when it is Diesel's `Array<…>`.
    pub(crate) fn element<'a>(&self, path: &'a Path, dialect: Dialect) -> Option<&'a Type> {
        if dialect == Dialect::Sqlite {
            return None;
        }
        let route = self.route(path)?;
        match route.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["Array"] | ["diesel", .., "Array"] => only_argument(path.segments.last()?),
            _ => None,
        }
    }

    /// The path with what its first name was imported as.
    fn route(&self, path: &Path) -> Option<Vec<String>> {
        let mut route: Vec<String> = path.segments.iter().map(|it| plain(&it.ident)).collect();
        let first = route.first()?;
        if path.leading_colon.is_none()
            && let Some((_, target)) = self.0.iter().find(|(name, _)| name == first)
        {
            route.splice(..1, target.iter().cloned());
        }
        Some(route)
    }
}
