use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(references = items::id, on_update = cascade)]
    pub parent_id: i64,
    #[column(generated = "parent_id + 1", stored)]
    pub next: i64,
}

fn main() {}
