use diesel_autogen_schema::Dialect;

/// The SQL of a revision that has none, `why` after a colon: Diesel refuses an empty file, and
/// the servers a script that is a remark and nothing else.
pub fn nothing(why: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Sqlite => format!("-- Nothing to run: {why}.\n"),
        Dialect::Postgres | Dialect::Mysql => format!("-- Nothing to run: {why}.\nSELECT 1;\n"),
    }
}
