use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: String,
}

fn main() {}
