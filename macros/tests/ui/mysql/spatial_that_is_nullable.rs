use diesel_autogen::Model;

#[derive(Model)]
#[model(index(place, using = spatial))]
pub struct Item {
    pub id: i64,
    #[column(sql_type = Point)]
    pub place: Option<Vec<u8>>,
}

fn main() {}
