use diesel_autogen::DbType;

#[derive(DbType, Debug)]
struct Id(i64);

fn main() {}
