use diesel_autogen::Model;

#[derive(Model)]
#[model(check("price > 0"), check("price < 9"))]
pub struct Item {
    pub id: i64,
    pub name: String,
    pub price: i32,
}

fn main() {}
