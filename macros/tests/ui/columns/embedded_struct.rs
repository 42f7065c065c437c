use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[diesel(embed)]
    pub address: Address,
}

pub struct Address {
    pub street: String,
}

fn main() {}
