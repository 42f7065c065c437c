use diesel_autogen::Model;

#[derive(Model)]
#[model(charset = "klingon")]
pub struct Item {
    pub id: i64,
    pub name: String,
}

fn main() {}
