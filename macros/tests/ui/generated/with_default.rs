use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(generated = "id * 2", virtual, default = 0)]
    pub name: i64,
}

fn main() {}
