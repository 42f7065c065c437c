use diesel_autogen::DbEnum;

#[derive(DbEnum, Debug)]
enum State {
    Draft,
}

fn main() {}
