use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(sql_type = Jsonb)]
    pub data: String,
}

fn main() {}
