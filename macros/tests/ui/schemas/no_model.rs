use diesel_autogen::schema;

pub struct Item;

schema!(Item);

fn main() {}
