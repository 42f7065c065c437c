use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    pub number: u64,
}

fn main() {}
