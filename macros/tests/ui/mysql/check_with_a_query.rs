use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(check = "number < (select 3)")]
    pub number: i32,
}

fn main() {}
