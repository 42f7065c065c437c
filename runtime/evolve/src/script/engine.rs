use diesel_autogen_schema::Dialect;

/// How two spellings of one name are told to be one: unquoted names of PostgreSQL are in lower case
/// already, and elsewhere case does not count.
pub(crate) fn folded(engine: Dialect, name: &str) -> String {
    match engine {
        Dialect::Postgres => name.to_owned(),
        Dialect::Sqlite | Dialect::Mysql => name.to_lowercase(),
    }
}
