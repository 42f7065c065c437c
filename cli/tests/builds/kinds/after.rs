//! The same models after they were edited. A mark at the end of a line is what is told there, and
//! at which token.

use diesel_autogen::{DbEnum, DbType, Model};

#[derive(DbType, Clone, Debug)]
pub struct TeamId(pub i64);

#[derive(DbType, Clone, Debug)]
#[db_type(max_length = 20)]
pub struct Code(pub String);

#[derive(DbEnum, Debug)]
pub enum Role {
    Admin,
    Member,
    Guest,
}

#[derive(Model)]
pub struct Team {
    pub id: TeamId,
    pub owner: Option<i64>,
}

#[derive(Model)]
pub struct User { //~ User: column `users.removed` of the last migration (Integer) is no field
    pub id: i64,
    pub role: Role, //~ role: column `users.role` is a `Role`, which is no longer role(`admin`, `member`) as in the last migration
    pub code: Code, //~ code: column `users.code` is a `Code`, which is no longer Text(10) as in the last migration
    #[column(sql_type = diesel::sql_types::Text)]
    pub same_role: Option<String>, //~ same_role: column `users.same_role` is Text, and role(`admin`, `member`) in the last migration
    pub added: Option<Role>, //~ added: column `users.added` is not in the last migration (Role, nullable)
    pub ty: i64, //~ ty: column `users.ty` is BigInt, and Integer in the last migration
    pub nullable: Option<String>, //~ nullable: column `users.nullable` is nullable, and required in the last migration
    #[column(default = "'y'")]
    pub default_value: String, //~ default_value: column `users.default_value` has the default `'y'`, and `'x'` in the last migration
    #[column(generated = "ty * 2", virtual)]
    pub generated: i64, //~ generated: column `users.generated` is computed as `ty * 2` (virtual), and nothing in the last migration
    #[column(max_length = 9)]
    pub length: String, //~ length: column `users.length` is Text(9), and Text in the last migration
    #[column(collation = "NOCASE")]
    pub collation: String, //~ collation: column `users.collation` has the collation `NOCASE`, and none in the last migration
    #[column(comment = "hi")]
    pub comment: String, //~ comment: column `users.comment` has the comment `hi`, and none in the last migration
    #[column(renamed_from = "mail")]
    pub email: String, //~ email: column `users.email` is called `email`, and `mail` in the last migration
    #[column(unique)]
    pub not_unique: String, //~ not_unique: uniqueness rule `users_not_unique_key` on (not_unique) is not in the last migration
    pub no_longer_unique: String,
    #[column(index(desc))]
    pub indexed: String, //~ indexed: index `users_indexed_idx` is on (indexed desc), and on (indexed) in the last migration
    #[column(check = "checked > 1")]
    pub checked: i64, //~ checked: check `users_checked_check` is `checked > 1`, and `checked > 0` in the last migration
    #[column(references = teams::id)]
    pub team_id: TeamId, //~ team_id: foreign key `users_team_id_fkey` is from (team_id) to teams(id), and from (team_id) to teams(id), on delete cascade in the last migration
    #[column(references = other_teams::id)]
    pub moved_id: Option<TeamId>, //~ moved_id: foreign key `users_moved_id_fkey` refers to teams(id) in the last migration, and no longer here
}

#[derive(Model)]
#[diesel(primary_key(a, c))]
#[model(
    strict,
    without_rowid,
    index(name = "plain", columns(a), unique),
    check("a > 1"),
    comment = "new"
)]
pub struct Thing { //~ Thing: primary key of `things` is (a, c), and (a) in the last migration
    pub a: i64, //~ a: column `things.a` is no generated key, and a generated key in the last migration
    pub b: Option<TeamId>,
    pub c: i64, //~ c: column `things.c` is not in the last migration (BigInt)
}

#[derive(Model)]
#[diesel(table_name = other_teams)]
pub struct OtherTeam { //~ OtherTeam: table `other_teams` is not in the last migration
    pub id: TeamId,
}

#[derive(Model)]
#[model(renamed_from = "olds")]
pub struct New { //~ New: table `news` is called `olds` in the last migration
    pub id: i64,
}

#[derive(Model)]
#[model(renamed_from = "ancients")]
pub struct Settled {
    pub id: i64,
    #[column(renamed_from = "was")]
    pub is: i64,
}

diesel_autogen::schema!(Team, User, Thing, OtherTeam, New, Settled); //~ diesel_autogen: table `gones` of the last migration has no model in `schema!`
