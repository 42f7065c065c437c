use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(generated = "id * 2", stored)]
    pub twice: i64,
    #[column(generated = "twice * 2", stored)]
    pub again: i64,
}

fn main() {}
