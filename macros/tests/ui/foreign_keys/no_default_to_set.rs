use diesel_autogen::Model;

#[derive(Model)]
pub struct Team {
    pub id: i64,
    pub name: String,
}

#[derive(Model)]
pub struct User {
    pub id: i64,
    #[column(references = teams::id, on_update = set_default)]
    pub team_id: i64,
}

fn main() {}
