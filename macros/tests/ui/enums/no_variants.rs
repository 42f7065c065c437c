use diesel_autogen::DbEnum;

#[derive(DbEnum, Debug)]
pub enum State {}

fn main() {}
