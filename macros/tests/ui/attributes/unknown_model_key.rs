use diesel_autogen::Model;

#[derive(Model)]
#[model(indx(name))]
pub struct Item {
    pub id: i64,
    pub name: String,
    pub price: i32,
}

fn main() {}
