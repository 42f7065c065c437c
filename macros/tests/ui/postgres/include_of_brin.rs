use diesel_autogen::Model;

#[derive(Model)]
#[model(index(columns(id), using = brin, include(name)))]
pub struct Item {
    pub id: i64,
    pub name: String,
}

fn main() {}
