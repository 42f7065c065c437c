use diesel_autogen::DbType;

#[derive(DbType, Debug)]
pub struct Id(pub Option<i64>);

fn main() {}
