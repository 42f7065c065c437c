use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(collation = "utf8mb4")]
    pub name: String,
}

fn main() {}
