use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(default = "(SELECT max(id) FROM items)")]
    pub rank: i64,
}

fn main() {}
