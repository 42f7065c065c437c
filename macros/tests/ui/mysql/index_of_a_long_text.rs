use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(index)]
    pub name: String,
}

fn main() {}
