use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    pub name: String,
    #[diesel(column_name = name)]
    pub title: String,
}

fn main() {}
