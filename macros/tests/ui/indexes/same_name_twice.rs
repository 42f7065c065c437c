use diesel_autogen::Model;

#[derive(Model)]
#[model(index(name = "by_name", columns(name)), index(name = "by_name", columns(price)))]
pub struct Item {
    pub id: i64,
    pub name: String,
    pub price: i32,
}

fn main() {}
