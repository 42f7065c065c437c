//! What is noted beside Diesel's table: the checksum of each migration's `up.sql` as it ran, so
//! that a migration which was edited afterwards is noticed. Every statement here is the same on
//! every engine.

/// The table of the checksums.
pub const LEDGER: &str = "__diesel_autogen_applied";
/// Diesel's own table.
pub const DIESEL: &str = "__diesel_schema_migrations";

/// The query for the applied migrations, once both tables are there: `version`, and `checksum` or
/// NULL where it is not known, in order.
pub const APPLIED: &str = "SELECT d.version, l.checksum FROM __diesel_schema_migrations d \
                           LEFT JOIN __diesel_autogen_applied l \
                           ON l.version = d.version AND l.run_on = d.run_on ORDER BY d.version";

/// The statements that make both tables where they are not, Diesel's as Diesel makes it.
pub fn setup() -> Vec<String> {
    vec![
        format!(
            "CREATE TABLE IF NOT EXISTS {DIESEL} (version VARCHAR(50) PRIMARY KEY NOT NULL, \
             run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)"
        ),
        format!(
            "CREATE TABLE IF NOT EXISTS {LEDGER} (version VARCHAR(50) PRIMARY KEY NOT NULL, \
             checksum VARCHAR(80) NOT NULL, run_on TIMESTAMP NOT NULL)"
        ),
    ]
}

/// The statements that note a migration as applied, where Diesel's runner does not.
pub fn applied(version: &str) -> Vec<String> {
    vec![format!("INSERT INTO {DIESEL} (version) VALUES ({})", text(version))]
}

/// The statements that note a migration as reverted.
pub fn reverted(version: &str) -> Vec<String> {
    [DIESEL, LEDGER]
        .map(|table| format!("DELETE FROM {table} WHERE version = {}", text(version)))
        .into()
}

/// The statements that note the checksum of a migration that is noted as applied. Somebody else's
/// runner may revert and apply it again, which changes the time and not the checksum; then it is no
/// longer believed.
pub fn checksum(version: &str, checksum: &str) -> Vec<String> {
    let (version, checksum) = (text(version), text(checksum));
    vec![
        format!("DELETE FROM {LEDGER} WHERE version = {version}"),
        format!(
            "INSERT INTO {LEDGER} (version, checksum, run_on) SELECT version, {checksum}, run_on \
             FROM {DIESEL} WHERE version = {version}"
        ),
    ]
}

/// The statements after which exactly these versions are applied, with these checksums.
pub fn exactly(rows: &[(String, String)]) -> Vec<String> {
    let versions: Vec<String> = rows.iter().map(|(version, _)| text(version)).collect();
    let mut statements = vec![format!("DELETE FROM {LEDGER}")];
    statements.push(match versions.is_empty() {
        true => format!("DELETE FROM {DIESEL}"),
        false => format!("DELETE FROM {DIESEL} WHERE version NOT IN ({})", versions.join(", ")),
    });
    for (version, sum) in rows {
        statements.push(once(version));
        statements.extend(checksum(version, sum).into_iter().skip(1));
    }
    statements
}

/// The statement that notes a migration as applied where it is not yet.
pub fn once(version: &str) -> String {
    let quoted = text(version);
    format!(
        "INSERT INTO {DIESEL} (version) SELECT {quoted} WHERE NOT EXISTS \
         (SELECT 1 FROM {DIESEL} WHERE version = {quoted})"
    )
}

/// Statements as one transaction.
pub fn transaction(statements: &[String]) -> String {
    format!("BEGIN;\n{};\nCOMMIT;\n", statements.join(";\n"))
}

fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}
