use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(sql_type = Numeric, precision = 66, scale = 2)]
    pub price: String,
}

fn main() {}
