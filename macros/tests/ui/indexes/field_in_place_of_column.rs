use diesel_autogen::Model;

#[derive(Model)]
#[model(index(kind))]
pub struct Item {
    pub id: i64,
    #[diesel(column_name = type_)]
    pub kind: String,
}

fn main() {}
