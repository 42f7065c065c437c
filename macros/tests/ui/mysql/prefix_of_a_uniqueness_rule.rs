use diesel_autogen::Model;

#[derive(Model)]
#[model(unique(columns(name(10))))]
pub struct Item {
    pub id: i64,
    #[column(max_length = 100)]
    pub name: String,
}

fn main() {}
