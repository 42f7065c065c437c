use diesel_autogen::Model;

#[derive(Model)]
pub struct Item(i64);

fn main() {}
