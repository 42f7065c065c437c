use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    pub table: String,
    pub q: i32,
}

fn main() {}
