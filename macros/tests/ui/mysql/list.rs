use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    pub tags: Vec<String>,
}

fn main() {}
