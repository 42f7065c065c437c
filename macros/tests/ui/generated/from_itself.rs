use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(generated = "name + 1", stored)]
    pub name: i64,
}

fn main() {}
