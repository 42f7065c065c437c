use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(collation = "NOCASSE")]
    pub name: String,
}

fn main() {}
