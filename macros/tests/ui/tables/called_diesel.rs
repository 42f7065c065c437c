use diesel_autogen::Model;

#[derive(Model)]
#[diesel(table_name = diesel)]
pub struct Item {
    pub id: i64,
    pub name: String,
}

fn main() {}
