use diesel_autogen::Model;

#[derive(Model)]
#[model(index(name desc, using = fulltext))]
pub struct Item {
    pub id: i64,
    pub name: String,
}

fn main() {}
