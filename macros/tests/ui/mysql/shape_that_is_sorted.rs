use diesel_autogen::Model;

#[derive(Model)]
#[model(index(place))]
pub struct Item {
    pub id: i64,
    #[column(sql_type = Point)]
    pub place: Vec<u8>,
}

fn main() {}
