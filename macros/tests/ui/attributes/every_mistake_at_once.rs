use diesel_autogen::Model;

#[derive(Model)]
#[model(strct, index(nam))]
pub struct Item {
    pub id: i64,
    #[column(defalt = "0")]
    pub count: u64,
    #[column(default = "draft")]
    pub state: String,
}

fn main() {}
