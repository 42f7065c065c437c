use diesel_autogen::DbEnum;

#[derive(DbEnum, Debug)]
#[db_enum(name = "state", shema = "shop")]
pub enum State {
    New,
}

fn main() {}
