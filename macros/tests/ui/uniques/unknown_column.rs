use diesel_autogen::Model;

#[derive(Model)]
#[model(unique(email, tean))]
pub struct User {
    pub id: i64,
    pub email: String,
    pub team: i64,
}

fn main() {}
