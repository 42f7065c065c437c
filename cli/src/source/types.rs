//! The SQL type behind a type of the user's.

use diesel_autogen_schema::SqlType;

use super::body::{Kind, Means, Route};
use super::error::{Origin, did_you_mean};
use super::heads::Inner;
use super::scope::{Declared, Found, Scope};
use super::tree::Meant;

/// Why there is no SQL type.
pub(crate) enum NoType {
    /// To be told.
    Because(String),
    /// It has no derive of ours, as far as is known: to be told unless a schema file knows more.
    Underived(String),
    /// Told already, where the type is declared.
    Told,
}

/// The SQL type that `route` means in the module.
pub(crate) fn sql_type(
    scope: &mut Scope<'_>,
    module: usize,
    route: &Route,
) -> Result<SqlType, NoType> {
    follow(scope, module, route, &mut Vec::new())
}

/// Why a name that Diesel's mapping was taken by means something else here: a derive sees the name
/// alone.
pub(crate) fn hides(scope: &mut Scope<'_>, module: usize, name: &str) -> Option<String> {
    if !scope.tree.knows(name) {
        return None;
    }
    let route = Route { global: false, segments: vec![name.to_owned()] };
    let own = scope.resolve(module, &route).into_iter().find_map(|found| match found {
        Found::Item(Declared {
            means: Means::Model(_) | Means::Enum(_) | Means::Newtype(_) | Means::Other(_),
            at,
            ..
        }) => Some(at),
        Found::Item(_) | Found::Module(_) | Found::Foreign(_) => None,
    })?;
    Some(format!(
        "`{name}` is your own type here ({own}), and Diesel maps another one of that name: rename \
         yours"
    ))
}

fn follow(
    scope: &mut Scope<'_>,
    module: usize,
    route: &Route,
    through: &mut Vec<Origin>,
) -> Result<SqlType, NoType> {
    let mut found = scope.resolve(module, route);
    // A module may have the name of a type only by mistake; a crate's name never means a type.
    found.retain(|found| !matches!(found, Found::Module(_)));
    match found.as_slice() {
        [] => Err(NoType::Underived(missing(scope, route))),
        [Found::Item(item)] => declared(scope, &item.clone(), route, through),
        [Found::Foreign(path)] => Err(NoType::Underived(format!(
            "`{path}` is a type of a crate whose sources are not read: name its SQL type with \
             `#[column(sql_type = …)]`"
        ))),
        several => {
            let places: Vec<String> = several.iter().map(place).collect();
            Err(NoType::Because(format!(
                "`{route}` means {} things here: {}; import the one that is meant",
                places.len(),
                places.join(" and ")
            )))
        }
    }
}

fn place(found: &Found) -> String {
    match found {
        Found::Module(_) => "a module".to_owned(),
        Found::Item(item) => item.at.to_string(),
        Found::Foreign(path) => format!("`{path}`"),
    }
}

fn declared(
    scope: &mut Scope<'_>,
    item: &Declared,
    route: &Route,
    through: &mut Vec<Origin>,
) -> Result<SqlType, NoType> {
    let Declared { means, module, at } = item;
    let because = |message: String| Err(NoType::Because(message));
    let underived = |message: String| Err(NoType::Underived(message));
    match means {
        Means::Enum(facts) => Ok(SqlType::Enum((**facts).clone())),
        Means::Broken => Err(NoType::Told),
        Means::Newtype(newtype) => {
            if through.contains(at) {
                return because(format!("`{route}` ({at}) is a newtype of itself"));
            }
            through.push(at.clone());
            let inner = match &newtype.inner {
                Inner::Known(known) => known.clone(),
                Inner::Named(inner) => match follow(scope, *module, inner, through) {
                    // It is what is inside that has none.
                    Err(NoType::Underived(message)) => return because(message),
                    found => found?,
                },
            };
            newtype.apply(inner).map_err(|why| NoType::Because(format!("{at}: {why}")))
        }
        Means::Alias(target) => underived(format!(
            "`{route}` ({at}) stands for `{target}`, which a derive cannot see: write `{target}` \
             here, or make `{route}` a newtype with `#[derive(DbType)]`"
        )),
        Means::Other(kind) => underived(format!(
            "`{route}` ({at}) has no SQL type: {}, or name one with `#[column(sql_type = …)]`",
            match kind {
                Kind::Enum => "it needs `#[derive(DbEnum)]`",
                Kind::Struct => "it needs `#[derive(DbType)]`",
                Kind::Other =>
                    "a column is an enum with `#[derive(DbEnum)]` or a newtype with \
                                `#[derive(DbType)]`",
            }
        )),
        Means::Model(_) => underived(format!("`{route}` ({at}) is a model, and no column's type")),
        Means::Table(_) | Means::Import(_) => because(format!("`{route}` ({at}) is no type")),
    }
}

/// Says that nothing has this name here, and where something of that name or a close one is.
fn missing(scope: &Scope<'_>, route: &Route) -> String {
    let Some(last) = route.segments.last() else { return "no path".to_owned() };
    let ours = |means: &Meant| match means {
        Meant::Item(Means::Enum(_) | Means::Newtype(_)) => true,
        Meant::Item(_) | Meant::Module(_) => false,
    };
    let types: Vec<_> =
        scope.tree.all_names().filter(|(_, _, meaning)| ours(&meaning.means)).collect();
    if let Some((_, _, meaning)) = types.iter().find(|(name, _, _)| name == last) {
        return format!(
            "`{route}` is not in scope here; there is one at {}: import it",
            meaning.at
        );
    }
    let hint = did_you_mean(last, types.iter().map(|(name, _, _)| *name));
    format!(
        "no type `{route}` is found{hint}; a column's type is one that Diesel maps, or has \
         `#[derive(DbEnum)]` or `#[derive(DbType)]`, or is named with `#[column(sql_type = …)]`"
    )
}
