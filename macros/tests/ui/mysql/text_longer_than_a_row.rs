use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(max_length = 20000)]
    pub name: String,
}

fn main() {}
