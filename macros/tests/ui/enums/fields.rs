use diesel_autogen::DbEnum;

#[derive(DbEnum, Debug)]
pub enum State {
    Draft,
    Sent(i32),
}

fn main() {}
