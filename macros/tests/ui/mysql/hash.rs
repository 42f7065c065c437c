use diesel_autogen::Model;

#[derive(Model)]
#[model(index(number, using = hash))]
pub struct Item {
    pub id: i64,
    pub number: i32,
}

fn main() {}
