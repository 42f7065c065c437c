use diesel_autogen::Model;

#[derive(Model)]
#[model(index(number nulls first))]
pub struct Item {
    pub id: i64,
    pub number: Option<i32>,
}

fn main() {}
