use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(comment = "a", comment = "b")]
    pub name: String,
}

fn main() {}
