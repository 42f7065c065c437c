use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(identity(always, strat = 100))]
    pub number: i64,
}

fn main() {}
