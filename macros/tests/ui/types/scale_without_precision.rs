use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    #[column(scale = 2)]
    pub name: bigdecimal::BigDecimal,
}

fn main() {}
