use diesel_autogen::DbEnum;

#[derive(DbEnum, Debug)]
#[db_enum(nmae = "state")]
pub enum State {
    Draft,
}

fn main() {}
