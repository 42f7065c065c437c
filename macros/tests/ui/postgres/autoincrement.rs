use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(autoincrement)]
    pub number: i64,
}

fn main() {}
