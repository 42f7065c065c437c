use diesel_autogen::Model;

#[derive(Model)]
#[model(sql_name = "sqlite_items")]
pub struct Item {
    pub id: i64,
    pub name: String,
    pub price: i32,
}

fn main() {}
