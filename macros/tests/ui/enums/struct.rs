use diesel_autogen::DbEnum;

#[derive(DbEnum, Debug)]
pub struct State;

fn main() {}
