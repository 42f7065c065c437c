pub mod sql_types {
    #[derive(diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
    #[diesel(sqlite_type(name = "Text"))]
    pub struct Language;
}
diesel::table! { teams (id) { id -> BigInt, #[max_length = 40] name -> VarChar, } }
diesel::table! {
    use diesel::sql_types::*;
    use crate::Email;
    #[sql_name = "User"]
    users (id) {
        id -> BigInt,
        team_id -> BigInt,
        role -> Nullable<Text>,
        email -> Email,
        #[sql_name = "type"]
        type_ -> Text,
        made_at -> Timestamp,
        search -> Nullable<Text>,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::Language;
    pages (address) {
        #[max_length = 200]
        address -> VarChar,
        status -> Integer,
        old_status -> Nullable<SmallInt>,
        seen -> Nullable<Binary>,
        tags -> Text,
        language -> Language,
        other_language -> Nullable<Language>,
        nobody_reads_this -> Text,
    }
}
diesel::joinable!(users -> teams (team_id));
diesel::allow_tables_to_appear_in_same_query!(teams, users);
