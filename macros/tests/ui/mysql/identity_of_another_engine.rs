use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    #[column(identity = always)]
    pub id: i64,
}

fn main() {}
