use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: Option<i64>,
}

fn main() {}
