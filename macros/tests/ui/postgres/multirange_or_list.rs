use std::ops::Bound;

use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    pub free: Vec<(Bound<i32>, Bound<i32>)>,
}

fn main() {}
