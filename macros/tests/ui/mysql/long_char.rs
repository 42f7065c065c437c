use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(sql_type = Char, max_length = 300)]
    pub name: String,
}

fn main() {}
