use diesel_autogen::DbEnum;

#[derive(DbEnum, Debug)]
#[db_enum(rename_all = "snakecase")]
pub enum State {
    Draft,
}

fn main() {}
