use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    pub at: chrono::DateTime<chrono::Utc>,
}

fn main() {}
