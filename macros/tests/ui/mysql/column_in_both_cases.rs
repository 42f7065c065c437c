use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    pub name: String,
    #[column(sql_name = "NAME")]
    pub other: String,
}

fn main() {}
