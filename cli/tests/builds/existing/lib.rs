use diesel::prelude::*;
use diesel_autogen::{DbEnum, DbType, Model};
pub mod db { pub mod schema; }
pub mod hand;
use db::schema::{pages, teams, users};

#[derive(DbEnum, Debug)]
pub enum Role { Admin, Member }

#[derive(DbType, Debug)]
pub struct Email(pub String);

#[derive(Model, Queryable, Selectable, Insertable)]
pub struct Team {
    pub id: i64,
    pub name: String,
}

#[derive(Model, Queryable, Selectable, Insertable)]
#[model(hidden(name = "search", sql_type = Text, nullable))]
pub struct User {
    pub id: i64,
    #[column(references = teams::id)]
    pub team_id: i64,
    pub role: Option<Role>,
    pub email: Email,
    #[diesel(column_name = type_)]
    pub kind: String,
    pub made_at: String,
}

#[derive(Model, Queryable, Selectable, Insertable)]
pub struct Page {
    pub address: hand::Url,
    pub status: hand::Status,
    pub old_status: Option<hand::Status>,
    pub seen: Option<Vec<u8>>,
    pub tags: hand::Words<u8>,
    #[column(type_name = "TEXT")]
    pub language: hand::Language,
    #[column(type_name = "TEXT")]
    pub other_language: Option<hand::Language>,
}

diesel_autogen::schema!(Team, User, Page);

pub fn admins(db: &mut SqliteConnection) -> QueryResult<Vec<(User, Team)>> {
    users::table
        .inner_join(teams::table)
        .select((User::as_select(), Team::as_select()))
        .load(db)
}

const _: () = {
    use diesel_autogen::SqlType::*;
    let [_, user, page] = SCHEMA_TABLES else { panic!() };
    let role = &columns(user)[2].sql_type;
    assert!(matches!(role, Enum(_)), "its derive knows more than the file");
    assert!(same(&user.name, "User") && same(&columns(user)[4].name, "type"));
    assert!(matches!(columns(user)[5].sql_type, Timestamp { precision: None }));
    assert!(matches!(columns(page)[0].sql_type, Text { max_length: Some(200) }));
    assert!(matches!(columns(page)[1].sql_type, Integer));
    assert!(matches!(columns(page)[2].sql_type, SmallInt));
    assert!(matches!(columns(page)[3].sql_type, Binary));
    assert!(matches!(columns(page)[4].sql_type, Text { max_length: None }));
    assert!(matches!(columns(page)[5].sql_type, Custom(_)));
    assert!(columns(page).len() == 7);
};

use diesel_autogen::{Column, Table};
const SCHEMA_TABLES: &[Table] = &[Team::TABLE, User::TABLE, Page::TABLE];

const fn columns(table: &'static Table) -> &'static [Column] {
    match &table.columns {
        std::borrow::Cow::Borrowed(columns) => columns,
        std::borrow::Cow::Owned(_) => panic!(),
    }
}

const fn same(a: &std::borrow::Cow<'static, str>, b: &str) -> bool {
    match a {
        std::borrow::Cow::Borrowed(a) => diesel_autogen::private::same(a, b),
        std::borrow::Cow::Owned(_) => false,
    }
}
