use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    pub state: State,
}

pub enum State {
    Draft,
}

fn main() {}
