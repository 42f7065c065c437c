use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(max_length = 36, default = "gen_random_uuid()")]
    pub token: String,
}

fn main() {}
