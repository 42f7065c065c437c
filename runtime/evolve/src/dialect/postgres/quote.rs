//! Names and strings, written so that they cannot be anything else.

use diesel_autogen_schema::{Dialect, Enum, OwnPlace, Place, sql};

use crate::dialect::sqlite::quote::expr_of;

/// SQL that somebody wrote, without comments and without parentheses round the whole.
pub(crate) fn expr(text: &str) -> String {
    expr_of(text, Dialect::Postgres)
}

/// A name as SQL: bare where it can be, in double quotes otherwise.
pub fn ident(name: &str) -> String {
    let lower = !name.bytes().any(|byte| byte.is_ascii_uppercase());
    if lower && sql::plain(name) && KEYWORDS.binary_search(&name).is_err() {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// A collation as SQL: its name, or SQL already where the name is that of another schema's.
pub(crate) fn collation(name: &str) -> String {
    if name.starts_with('"') { name.to_owned() } else { ident(name) }
}

/// Several names, separated by commas.
pub fn idents<S: AsRef<str>>(names: &[S]) -> String {
    names.iter().map(|name| ident(name.as_ref())).collect::<Vec<_>>().join(", ")
}

/// A place as SQL, with its schema where it has one.
pub fn place(place: Place<'_>) -> String {
    match place.schema {
        Some(schema) => format!("{}.{}", ident(schema), ident(place.name)),
        None => ident(place.name),
    }
}

/// What lies in a schema, as SQL.
pub(crate) fn within(schema: Option<&str>, name: &str) -> String {
    place(Place { schema, name })
}

/// The name of an enum type as SQL.
pub(crate) fn type_name(of: &Enum) -> String {
    place(of.place())
}

/// A text as a string literal.
pub fn string(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A place as a string that is read as a name: what `nextval` takes.
pub(crate) fn regclass(of: &OwnPlace) -> String {
    string(&place(of.place()))
}

/// Every word that may not stand everywhere without quotes; sorted.
const KEYWORDS: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "bigint",
    "binary",
    "bit",
    "boolean",
    "both",
    "case",
    "cast",
    "char",
    "character",
    "check",
    "coalesce",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "dec",
    "decimal",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "exists",
    "extract",
    "false",
    "fetch",
    "float",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "greatest",
    "group",
    "grouping",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "inout",
    "int",
    "integer",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "json",
    "json_array",
    "json_arrayagg",
    "json_exists",
    "json_object",
    "json_objectagg",
    "json_query",
    "json_scalar",
    "json_serialize",
    "json_table",
    "json_value",
    "lateral",
    "leading",
    "least",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "merge_action",
    "national",
    "natural",
    "nchar",
    "none",
    "normalize",
    "not",
    "notnull",
    "null",
    "nullif",
    "numeric",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "out",
    "outer",
    "overlaps",
    "overlay",
    "placing",
    "position",
    "precision",
    "primary",
    "real",
    "references",
    "returning",
    "right",
    "row",
    "select",
    "session_user",
    "setof",
    "similar",
    "smallint",
    "some",
    "substring",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "time",
    "timestamp",
    "to",
    "trailing",
    "treat",
    "trim",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "values",
    "varchar",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
    "xmlattributes",
    "xmlconcat",
    "xmlelement",
    "xmlexists",
    "xmlforest",
    "xmlnamespaces",
    "xmlparse",
    "xmlpi",
    "xmlroot",
    "xmlserialize",
    "xmltable",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_so_that_the_search_finds_them() {
        assert!(KEYWORDS.is_sorted());
        for word in KEYWORDS {
            assert_eq!(ident(word), format!("\"{word}\""));
        }
    }

    #[test]
    fn names_are_quoted_only_when_needed() {
        assert_eq!(ident("users"), "users");
        assert_eq!(ident("Users"), "\"Users\"");
        assert_eq!(ident("order"), "\"order\"");
        assert_eq!(ident("x\"; DROP TABLE y; --"), "\"x\"\"; DROP TABLE y; --\"");
        assert_eq!(ident("größe"), "\"größe\"");
        assert_eq!(place(Place { schema: Some("Auth"), name: "users" }), "\"Auth\".users");
        let own = OwnPlace { schema: None, name: "it's".into() };
        assert_eq!(regclass(&own), "'\"it''s\"'");
    }
}
