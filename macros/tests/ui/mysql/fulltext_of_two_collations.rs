use diesel_autogen::Model;

#[derive(Model)]
#[model(index(name, code, using = fulltext))]
pub struct Item {
    pub id: i64,
    pub name: String,
    #[column(collation = "utf8mb4_bin")]
    pub code: String,
}

fn main() {}
