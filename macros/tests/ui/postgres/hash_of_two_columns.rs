use diesel_autogen::Model;

#[derive(Model)]
#[model(index(columns(id, name), using = hash))]
pub struct Item {
    pub id: i64,
    pub name: String,
}

fn main() {}
