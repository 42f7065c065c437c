use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(sql_type = Unsigned<Text>)]
    pub number: u32,
}

fn main() {}
