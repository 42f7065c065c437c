use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(default = 40000)]
    pub small: i16,
    #[column(default = 3_000_000_000)]
    pub count: i32,
    #[column(default = 5)]
    pub active: bool,
}

fn main() {}
