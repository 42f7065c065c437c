use diesel_autogen::DbEnum;

#[derive(DbEnum)]
#[db_enum(name = "state", shema = "shop")]
pub enum State {
    New,
}

fn main() {}
