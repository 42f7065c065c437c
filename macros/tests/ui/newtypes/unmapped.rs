use diesel_autogen::DbType;

#[derive(DbType, Debug)]
pub struct Id(pub u64);

fn main() {}
