use diesel_autogen::Model;

#[derive(Model)]
#[model(strict)]
pub struct Item {
    pub id: i64,
    #[column(sql_type = crate::Point, type_name = "POINT")]
    pub at: String,
}

#[derive(diesel::sql_types::SqlType)]
#[diesel(sqlite_type(name = "Text"))]
pub struct Point;

fn main() {}
