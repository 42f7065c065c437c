use diesel_autogen::Model;

#[derive(Model)]
#[model(table_name = things, primary_key(id))]
pub struct Item {
    pub id: i64,
    #[column(column_name = label)]
    pub name: String,
}

fn main() {}
