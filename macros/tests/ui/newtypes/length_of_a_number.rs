use diesel_autogen::DbType;

#[derive(DbType, Debug)]
#[db_type(max_length = 3)]
pub struct Id(pub i64);

fn main() {}
