use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    pub value: Wrapper<i32>,
}

pub struct Wrapper<T>(T);

fn main() {}
