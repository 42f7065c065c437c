use diesel_autogen::Model;

#[derive(Model)]
#[diesel(primary_key())]
pub struct Item {
    pub id: i64,
    pub name: String,
}

fn main() {}
