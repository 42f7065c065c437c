use diesel_autogen::{DbEnum, Model};

#[derive(Debug, DbEnum)]
pub enum State {
    Draft,
    Sent,
}

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(default = "'drafted'")]
    pub state: State,
}

fn main() {}
