use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(default = "CURRENT_TIMESTAMP")]
    pub day: chrono::NaiveDate,
    #[column(default = "'now'")]
    pub at: chrono::NaiveDateTime,
    #[column(default = "'24:30'")]
    pub time: chrono::NaiveTime,
}

fn main() {}
