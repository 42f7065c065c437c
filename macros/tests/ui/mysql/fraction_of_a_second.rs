use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(precision = 7)]
    pub at: chrono::NaiveDateTime,
}

fn main() {}
