use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(charset = "latin1", collation = "utf8mb4_bin")]
    pub name: String,
}

fn main() {}
