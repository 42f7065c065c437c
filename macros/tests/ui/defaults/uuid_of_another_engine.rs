use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(default = "gen_random_uuid()")]
    pub token: String,
}

fn main() {}
