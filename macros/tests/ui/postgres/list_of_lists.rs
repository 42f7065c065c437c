use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    pub grid: Vec<Vec<i32>>,
}

fn main() {}
