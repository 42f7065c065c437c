use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(default = -1)]
    pub number: u32,
}

fn main() {}
