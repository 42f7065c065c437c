use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(check = "name <> ''; DROP TABLE items")]
    pub name: String,
}

fn main() {}
