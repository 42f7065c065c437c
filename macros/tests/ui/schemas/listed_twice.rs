use diesel_autogen::{Model, schema};

#[derive(Model)]
pub struct Item {
    pub id: i64,
}

schema!(Item, Item);

fn main() {}
