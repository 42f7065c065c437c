use diesel_autogen::Model;

#[derive(Model)]
#[diesel(tabel_name = things)]
pub struct Item {
    pub id: i64,
    #[diesel(colum_name = label)]
    pub name: String,
}

fn main() {}
