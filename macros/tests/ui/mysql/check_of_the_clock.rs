use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(check = "at < now()")]
    pub at: chrono::NaiveDateTime,
}

fn main() {}
