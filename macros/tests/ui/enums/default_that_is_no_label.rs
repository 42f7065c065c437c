use diesel_autogen::{DbEnum, Model};

#[derive(DbEnum, Debug)]
pub enum State {
    Draft,
    Sent,
}

#[derive(Model)]
pub struct Letter {
    pub id: i64,
    #[column(default = "'Draft'")]
    pub state: State,
    #[column(default = "'sent'")]
    pub last: Option<State>,
}

fn main() {}
