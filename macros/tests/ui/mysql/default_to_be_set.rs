use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(references = items::id, on_delete = set_default, default = 1)]
    pub parent_id: i64,
}

fn main() {}
