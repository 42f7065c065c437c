use diesel_autogen::Model;

#[derive(Model)]
#[diesel(primary_key(left, right))]
pub struct Pair {
    pub left: i32,
    pub right: i32,
}

#[derive(Model)]
#[model(foreign_key(columns(left, right), references = pairs(left, right), on_update = set_null(right)))]
pub struct Item {
    pub id: i64,
    pub left: i32,
    pub right: Option<i32>,
}

fn main() {}
