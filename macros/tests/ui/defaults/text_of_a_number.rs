use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(default = "'zero'")]
    pub name: i32,
}

fn main() {}
