use diesel_autogen::Model;

#[derive(Model)]
#[model(index(name = "fast", columns(name), using = gin))]
pub struct Item {
    pub id: i64,
    pub name: String,
    pub price: i32,
}

fn main() {}
