use std::ops::Bound;

use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    pub names: (Bound<String>, Bound<String>),
}

fn main() {}
