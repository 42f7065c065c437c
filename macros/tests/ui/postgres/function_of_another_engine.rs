use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(default = "datetime('now')")]
    pub name: String,
}

fn main() {}
