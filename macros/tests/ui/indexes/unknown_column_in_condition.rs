use diesel_autogen::Model;

#[derive(Model)]
#[model(index(columns(name), where = "prize > 0"))]
pub struct Item {
    pub id: i64,
    pub name: String,
    pub price: i32,
}

fn main() {}
