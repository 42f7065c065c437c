use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    #[column(autoincrement)]
    pub id: i64,
}

fn main() {}
