use diesel_autogen::Model;

#[derive(Model)]
#[model(with(fillfactor = 70))]
pub struct Item {
    pub id: i64,
    pub name: String,
}

fn main() {}
