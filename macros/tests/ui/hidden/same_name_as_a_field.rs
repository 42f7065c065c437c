use diesel_autogen::Model;

#[derive(Model)]
#[model(hidden(name = "name", sql_type = Text, nullable))]
pub struct Item {
    pub id: i64,
    pub name: String,
    pub price: i32,
}

fn main() {}
