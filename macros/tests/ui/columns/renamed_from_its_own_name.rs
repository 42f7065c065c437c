use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(renamed_from = "name")]
    pub name: String,
}

fn main() {}
