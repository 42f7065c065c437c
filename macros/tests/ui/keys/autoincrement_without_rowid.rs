use diesel_autogen::Model;

#[derive(Model)]
#[model(without_rowid)]
pub struct Item {
    #[column(autoincrement)]
    pub id: i64,
}

fn main() {}
