use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(autoincrement = true)]
    pub name: i64,
}

fn main() {}
