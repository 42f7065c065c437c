//! The models of the last migration.

use diesel_autogen::{DbEnum, DbType, Model};

#[derive(DbType, Clone, Debug)]
pub struct TeamId(pub i64);

#[derive(DbType, Clone, Debug)]
#[db_type(max_length = 10)]
pub struct Code(pub String);

#[derive(DbEnum, Debug)]
pub enum Role {
    Admin,
    Member,
}

#[derive(Model)]
pub struct Team {
    pub id: TeamId,
    pub owner: Option<i64>,
}

#[derive(Model)]
pub struct User {
    pub id: i64,
    pub role: Role,
    pub code: Code,
    pub same_role: Option<Role>,
    pub removed: i32,
    pub ty: i32,
    pub nullable: String,
    #[column(default = "'x'")]
    pub default_value: String,
    pub generated: i64,
    pub length: String,
    pub collation: String,
    pub comment: String,
    pub mail: String,
    pub not_unique: String,
    #[column(unique)]
    pub no_longer_unique: String,
    #[column(index)]
    pub indexed: String,
    #[column(check = "checked > 0")]
    pub checked: i64,
    #[column(references = teams::id, on_delete = cascade)]
    pub team_id: TeamId,
    #[column(references = teams::id)]
    pub moved_id: Option<TeamId>,
}

#[derive(Model)]
#[diesel(primary_key(a))]
#[model(
    index(name = "plain", columns(a)),
    unique(a, b),
    check("a > 0"),
    comment = "old",
    foreign_key(columns(b), references = teams::id, no_join)
)]
pub struct Thing {
    pub a: i64,
    pub b: Option<TeamId>,
}

#[derive(Model)]
pub struct Old {
    pub id: i64,
}

#[derive(Model)]
pub struct Gone {
    pub id: i64,
}

#[derive(Model)]
#[model(renamed_from = "ancients")]
pub struct Settled {
    pub id: i64,
    #[column(renamed_from = "was")]
    pub is: i64,
}

diesel_autogen::schema!(Team, User, Thing, Old, Gone, Settled);
