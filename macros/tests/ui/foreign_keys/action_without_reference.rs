use diesel_autogen::Model;

#[derive(Model)]
pub struct Team {
    pub id: i64,
    pub name: String,
}

#[derive(Model)]
pub struct User {
    pub id: i64,
    #[column(on_delete = cascade)]
    pub team_id: i64,
}

fn main() {}
