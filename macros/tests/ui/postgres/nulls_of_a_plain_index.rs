use diesel_autogen::Model;

#[derive(Model)]
#[model(index(columns(name), nulls_not_distinct))]
pub struct Item {
    pub id: i64,
    pub name: String,
}

fn main() {}
