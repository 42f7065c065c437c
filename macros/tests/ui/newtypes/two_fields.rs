use diesel_autogen::DbType;

#[derive(DbType, Debug)]
pub struct Point(pub i32, pub i32);

fn main() {}
