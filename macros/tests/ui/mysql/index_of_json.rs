use diesel_autogen::Model;

#[derive(Model)]
#[model(index(data))]
pub struct Item {
    pub id: i64,
    #[column(sql_type = Json)]
    pub data: String,
}

fn main() {}
