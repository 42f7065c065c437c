use diesel_autogen::Model;

#[derive(Model)]
#[model(with(row_fromat = dynamic))]
pub struct Item {
    pub id: i64,
    pub name: String,
}

fn main() {}
