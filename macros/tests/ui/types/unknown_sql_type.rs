use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(sql_type = crate::Money)]
    pub name: String,
}

fn main() {}
