use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(on_update_now)]
    pub version: i64,
}

fn main() {}
