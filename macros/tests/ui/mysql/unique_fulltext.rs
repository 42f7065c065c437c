use diesel_autogen::Model;

#[derive(Model)]
#[model(index(name, using = fulltext, unique))]
pub struct Item {
    pub id: i64,
    pub name: String,
}

fn main() {}
