use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(sql_type = diesel::sql_types::Integer)]
    pub name: String,
}

fn main() {}
