use diesel_autogen::Model;

#[derive(Model)]
#[model(check(name = "positive"))]
pub struct Item {
    pub id: i64,
    pub name: String,
    pub price: i32,
}

fn main() {}
