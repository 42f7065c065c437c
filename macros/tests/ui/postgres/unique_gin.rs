use diesel_autogen::Model;

#[derive(Model)]
#[model(index(columns(name), using = gin, unique))]
pub struct Item {
    pub id: i64,
    pub name: String,
}

fn main() {}
