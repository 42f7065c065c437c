use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(references = items::id, on_delete = set_null, check = "parent_id > 0")]
    pub parent_id: Option<i64>,
}

fn main() {}
