use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    pub made: chrono::NaiveDateTime,
    #[column(generated = "made", stored, on_update_now)]
    pub at: chrono::NaiveDateTime,
}

fn main() {}
