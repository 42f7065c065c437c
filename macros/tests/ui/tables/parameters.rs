use diesel_autogen::Model;

#[derive(Model)]
pub struct Item<T> {
    pub id: T,
}

fn main() {}
