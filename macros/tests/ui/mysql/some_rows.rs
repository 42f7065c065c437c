use diesel_autogen::Model;

#[derive(Model)]
#[model(index(number, where = "number > 0"))]
pub struct Item {
    pub id: i64,
    pub number: i32,
}

fn main() {}
