use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(serial)]
    pub number: Option<i32>,
}

fn main() {}
