use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(references = items::id, deferrable)]
    pub parent_id: Option<i64>,
}

fn main() {}
