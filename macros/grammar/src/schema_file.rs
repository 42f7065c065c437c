//! A file of `table!`s that an application keeps itself, as its text says it. It is plain data:
//! it outlives the tokens that it was read from.

use diesel_autogen_schema::{Dialect, PUBLIC, PgType, SqlType};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Ident, Item, LitInt, LitStr, Path, Token, Type, TypePath};
use syn::{braced, parenthesized};

use crate::imports::Imports;
use crate::naming::plain;
use crate::rust_type::{self, ColumnType};

/// What a schema file declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaFile {
    /// What messages call it.
    pub(crate) name: String,
    pub(crate) tables: Vec<FileTable>,
}

/// One `table!`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileTable {
    /// The modules that it stands in, from the file's own on.
    pub modules: Vec<String>,
    /// Name of the module that it makes.
    pub name: String,
    /// The schema that it is in, unless it is the one in which the engine looks first.
    pub schema: Option<String>,
    /// Name in the database.
    pub sql_name: String,
    /// The primary key, in Rust's names.
    pub primary_key: Vec<String>,
    /// Its columns.
    pub columns: Vec<FileColumn>,
}

/// One column of a `table!`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileColumn {
    /// Name in Rust.
    pub name: String,
    /// Name in the database.
    pub sql_name: String,
    /// Whether its type is `Nullable<…>`.
    pub nullable: bool,
    /// Its type without `Nullable`.
    pub ty: FileType,
}

/// The type of a column in a `table!`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileType {
    /// One of Diesel's, with its `#[max_length]`.
    Known(SqlType),
    /// A list of values of a type.
    List {
        /// Their type.
        of: Box<FileType>,
        /// Whether it is `Nullable<…>`.
        holds_null: bool,
    },
    /// None of Diesel's, as the file writes it.
    Unknown(String),
}

impl FileType {
    /// The type of a column, when all of it is Diesel's.
    pub(crate) fn column_type(&self) -> Option<ColumnType> {
        Some(match self {
            FileType::Known(known) => ColumnType::Known(known.clone()),
            FileType::List { of, holds_null } => {
                ColumnType::List { of: Box::new(of.column_type()?), holds_null: *holds_null }
            }
            FileType::Unknown(_) => return None,
        })
    }

    /// As a file writes it.
    pub(crate) fn shown(&self) -> String {
        match self {
            FileType::Known(known) => known.diesel_name().to_owned(),
            FileType::List { of, holds_null: false } => format!("Array<{}>", of.shown()),
            FileType::List { of, holds_null: true } => {
                format!("Array<Nullable<{}>>", of.shown())
            }
            FileType::Unknown(path) => path.clone(),
        }
    }
}

impl SchemaFile {
    /// Reads a file's text, which is for an engine; messages about it say `name`.
    ///
    /// # Errors
    /// The first thing in it that is no Rust or no `table!`.
    pub fn read(name: &str, text: &str, dialect: Dialect) -> syn::Result<SchemaFile> {
        let mut file = SchemaFile { name: name.to_owned(), tables: Vec::new() };
        file.items(syn::parse_file(text)?.items, &[], dialect)?;
        Ok(file)
    }

    fn items(&mut self, items: Vec<Item>, modules: &[String], dialect: Dialect) -> syn::Result<()> {
        for item in items {
            match item {
                Item::Macro(item) if is_table(&item.mac.path) => {
                    let (_, table) = FileTable::read(item.mac.tokens, dialect)?;
                    self.tables.push(FileTable { modules: modules.to_vec(), ..table });
                }
                Item::Mod(item) => {
                    if let Some((_, items)) = item.content {
                        let inner = [modules, &[plain(&item.ident)]].concat();
                        self.items(items, &inner, dialect)?;
                    }
                }
                // Other items say nothing about tables.
                _ => {}
            }
        }
        Ok(())
    }
}

fn is_table(path: &Path) -> bool {
    path.segments.last().is_some_and(|last| last.ident == "table")
}

impl FileTable {
    /// Reads what stands inside `table! { … }`, with the token that names it.
    ///
    /// # Errors
    /// When it is nothing that Diesel reads.
    pub fn read(tokens: TokenStream, dialect: Dialect) -> syn::Result<(Ident, FileTable)> {
        (|input: ParseStream| table(input, dialect)).parse2(tokens)
    }
}

/// `use …; #[meta] schema.name (id) { column -> Type, }`
fn table(input: ParseStream, dialect: Dialect) -> syn::Result<(Ident, FileTable)> {
    let mut imports = Imports::default();
    while input.peek(Token![use]) {
        imports.add(&input.parse::<syn::ItemUse>()?);
    }
    let attrs = input.call(Attribute::parse_outer)?;
    let mut ident: Ident = input.parse()?;
    let mut schema = None;
    if input.parse::<Option<Token![.]>>()?.is_some() {
        schema = match dialect {
            // What stands there names a file that is attached, if anything.
            Dialect::Sqlite | Dialect::Mysql => None,
            Dialect::Postgres => Some(plain(&ident)).filter(|schema| schema != PUBLIC),
        };
        ident = input.parse()?;
    }
    let mut primary_key = vec!["id".to_owned()];
    if input.peek(syn::token::Paren) {
        let key;
        parenthesized!(key in input);
        let key = key.parse_terminated(Ident::parse, Token![,])?;
        primary_key = key.iter().map(plain).collect();
    }
    let content;
    braced!(content in input);
    let mut columns = Vec::new();
    while !content.is_empty() {
        columns.push(column(&content, &imports, dialect)?);
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    let table = FileTable {
        modules: Vec::new(),
        name: plain(&ident),
        schema,
        sql_name: sql_name(&attrs, &ident)?,
        primary_key,
        columns,
    };
    Ok((ident, table))
}

fn column(input: ParseStream, imports: &Imports, dialect: Dialect) -> syn::Result<FileColumn> {
    let attrs = input.call(Attribute::parse_outer)?;
    let ident: Ident = input.parse()?;
    input.parse::<Token![->]>()?;
    let written = Type::Path(input.parse::<TypePath>()?);
    let inner = rust_type::nullable(&written);
    let length = max_length(&attrs)?;
    let ty = file_type(inner.unwrap_or(&written), imports, length, dialect);
    Ok(FileColumn {
        name: plain(&ident),
        sql_name: sql_name(&attrs, &ident)?,
        nullable: inner.is_some(),
        ty,
    })
}

fn file_type(ty: &Type, imports: &Imports, length: Option<u32>, dialect: Dialect) -> FileType {
    let Type::Path(TypePath { qself: None, path }) = ty else {
        return FileType::Unknown(shown(ty));
    };
    if let Some(of) = imports.element(path, dialect) {
        let inner = rust_type::nullable(of);
        let element = file_type(inner.unwrap_or(of), imports, None, dialect);
        return FileType::List { of: Box::new(element), holds_null: inner.is_some() };
    }
    match (imports.diesel_type(path, dialect), length) {
        (Some(SqlType::Text { max_length }), length) => {
            FileType::Known(SqlType::Text { max_length: length.or(max_length) })
        }
        (Some(SqlType::Pg(PgType::Varchar)), Some(length)) => {
            FileType::Known(SqlType::Text { max_length: Some(length) })
        }
        (Some(SqlType::Pg(PgType::Bpchar { .. })), length) => {
            FileType::Known(SqlType::Pg(PgType::Bpchar { length }))
        }
        (Some(known), _) => FileType::Known(known),
        (None, _) => FileType::Unknown(shown(path)),
    }
}

fn shown(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(' ', "")
}

fn sql_name(attrs: &[Attribute], ident: &Ident) -> syn::Result<String> {
    let given: Option<LitStr> = value(attrs, "sql_name")?;
    let Some(given) = given.map(|text| text.value()) else { return Ok(plain(ident)) };
    // Diesel takes it off as well.
    Ok(given.strip_prefix("r#").map(str::to_owned).unwrap_or(given))
}

fn max_length(attrs: &[Attribute]) -> syn::Result<Option<u32>> {
    let given: Option<LitInt> = value(attrs, "max_length")?;
    // A database may name more characters than a text can have.
    Ok(given.and_then(|number| number.base10_parse().ok()))
}

/// The value of `#[name = value]`.
fn value<T: Parse>(attrs: &[Attribute], name: &str) -> syn::Result<Option<T>> {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident(name)) {
        if let syn::Meta::NameValue(pair) = &attr.meta {
            return syn::parse2(pair.value.to_token_stream()).map(Some);
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> SchemaFile {
        SchemaFile::read("src/schema.rs", text, Dialect::Sqlite).unwrap()
    }

    /// `name: Type` of every column of the only table.
    fn types(text: &str) -> Vec<String> {
        let file = read(text);
        let [table] = &file.tables[..] else { panic!("one table: {file:?}") };
        let columns = table.columns.iter().map(|column| {
            let ty = match &column.ty {
                FileType::Known(SqlType::Text { max_length: Some(most) }) => {
                    format!("Text({most})")
                }
                FileType::Known(known) => known.diesel_name().to_owned(),
                other => format!("! {}", other.shown()),
            };
            format!("{}: {ty}{}", column.name, if column.nullable { "?" } else { "" })
        });
        columns.collect()
    }

    #[test]
    fn a_printed_file_is_read() {
        let file = read(
            "// @generated automatically by Diesel CLI.
             pub mod sql_types {
                 #[derive(diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
                 pub struct Mood;
             }
             diesel::table! { users (id) { id -> Integer, } }
             diesel::table! {
                 use diesel::sql_types::*;
                 use super::sql_types::Mood;
                 /// Its moods.
                 #[sql_name = \"Moods\"]
                 moods (user, r#type) {
                     /// Whose.
                     user -> Nullable<Integer>,
                     #[sql_name = \"type\"]
                     #[max_length = 20]
                     r#type -> Varchar,
                     mood -> Mood
                 }
             }
             diesel::joinable!(moods -> users (user));
             diesel::allow_tables_to_appear_in_same_query!(users, moods);",
        );
        let [users, moods] = &file.tables[..] else { panic!("two tables: {file:?}") };
        assert_eq!((users.name.as_str(), users.sql_name.as_str()), ("users", "users"));
        assert_eq!((moods.name.as_str(), moods.sql_name.as_str()), ("moods", "Moods"));
        assert_eq!(moods.primary_key, ["user", "type"]);
        let column = |name: &str, sql_name: &str, nullable, ty| FileColumn {
            name: name.to_owned(),
            sql_name: sql_name.to_owned(),
            nullable,
            ty,
        };
        let text = SqlType::Text { max_length: Some(20) };
        assert_eq!(
            moods.columns,
            [
                column("user", "user", true, FileType::Known(SqlType::Integer)),
                column("type", "type", false, FileType::Known(text)),
                column("mood", "mood", false, FileType::Unknown("Mood".to_owned())),
            ]
        );
    }

    #[test]
    fn tables_are_found_however_they_are_called() {
        let file = read(
            "table! { a { id -> Integer, } }
             ::diesel::table!(b (k) { k -> Text });
             pub mod inner { pub mod auth { diesel::table! { auth.users (id) { id -> BigInt, } } } }
             mod elsewhere;
             pub use inner::auth::users;",
        );
        let found: Vec<_> = file
            .tables
            .iter()
            .map(|it| (it.modules.join("::"), it.name.as_str(), it.primary_key.join(", ")))
            .collect();
        let expected = [("", "a", "id"), ("", "b", "k"), ("inner::auth", "users", "id")];
        let expected = expected.map(|(at, name, key)| (at.to_owned(), name, key.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn imports_say_whose_a_type_is() {
        let table = |imports: &str| {
            types(&format!(
                "diesel::table! {{ {imports} t (a) {{ a -> Int4, b -> Nullable<Json>, \
                 c -> sql_types::Text, d -> diesel::sql_types::Bool, e -> crate::Bool, \
                 f -> Mood, g -> Array<Text>, h -> diesel::sql_types::Nullable<Date>, \
                 i -> ::diesel::sqlite::sql_types::Timestamptz, }} }}"
            ))
        };
        let own = ["e: ! crate::Bool", "f: ! Mood", "g: ! Array<Text>"];
        let rest = ["h: Date?", "i: TimestamptzSqlite"];
        let diesels = ["a: Integer", "b: Json?", "c: ! sql_types::Text", "d: Bool"];
        assert_eq!(table(""), [&diesels[..], &own, &rest].concat());
        assert_eq!(
            table("use diesel::sql_types::*; use crate::types::*;"),
            [&diesels[..], &own, &rest].concat()
        );
        assert_eq!(
            table("use diesel::{sql_types::{self, *}}; use crate::{Json, Mood as M};"),
            [&["a: Integer", "b: ! Json?", "c: Text", "d: Bool"][..], &own, &rest].concat()
        );
        assert_eq!(
            types(
                "table! { use diesel::sql_types::{Text as Words, BigInt};
                          t (a) { a -> BigInt, #[max_length = 9] b -> Words, } }"
            ),
            ["a: BigInt", "b: Text(9)"]
        );
    }

    #[test]
    fn a_length_is_for_texts_that_can_have_it() {
        assert_eq!(
            types(
                "table! { t (a) { #[max_length = 16] a -> Binary, #[max_length = 4294967296] b -> \
                 Text, c -> <X as Y>::Z, } }"
            ),
            ["a: Binary", "b: Text", "c: ! <XasY>::Z"]
        );
    }

    #[test]
    fn what_is_no_table_is_told() {
        let error =
            |text: &str| SchemaFile::read("s.rs", text, Dialect::Sqlite).unwrap_err().to_string();
        assert!(error("table! { t (a) { a: Integer } }").contains("`->`"));
        assert!(!error("table! { t (a) }").is_empty());
        assert!(!error("fn (").is_empty());
    }
}
