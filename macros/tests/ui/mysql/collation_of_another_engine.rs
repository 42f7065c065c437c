use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(collation = "NOCASE")]
    pub name: String,
}

fn main() {}
