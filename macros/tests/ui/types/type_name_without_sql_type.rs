use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(type_name = "money")]
    pub name: String,
}

fn main() {}
