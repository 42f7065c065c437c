use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(index = "items_by_the_number_that_each_of_them_has_and_by_nothing_else_at_all")]
    pub number: i32,
}

fn main() {}
