use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(sql_type = Varbinary)]
    pub hash: Vec<u8>,
}

fn main() {}
