use diesel_autogen::Model;

#[derive(Model)]
#[model(index(first, last))]
pub struct Item {
    pub id: i64,
    #[column(max_length = 500)]
    pub first: String,
    #[column(max_length = 500)]
    pub last: String,
}

fn main() {}
