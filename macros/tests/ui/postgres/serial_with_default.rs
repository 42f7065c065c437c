use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(serial, default = 0)]
    pub number: i32,
}

fn main() {}
