use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    #[column(default = 1)]
    pub id: i64,
}

fn main() {}
