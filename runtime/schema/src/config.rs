//! `[package.metadata.diesel_autogen]` of a manifest, as text: where files are is for others.

use std::collections::BTreeMap;
use std::fmt;

use toml::{Table, Value};

use crate::{Algorithm, Dialect, Flavour, Locking, Online};

/// What a package says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The engine.
    pub backend: Dialect,
    /// Which server it is, where two speak one language.
    pub flavour: Flavour,
    /// What is asked of every statement that alters a table.
    pub online: Online,
    /// Directory of the migrations, relative to the manifest's.
    pub migrations: String,
    /// What a build does about models that no migration covers.
    pub drift: Drift,
    /// File that has the `table!`s, relative to the manifest's directory, when the package keeps
    /// its own.
    pub schema_file: Option<String>,
    /// Oldest version of the engine that migrations must run on.
    pub minimum_server: Option<(u16, u16, u16)>,
    /// Extensions of the server that the models need, sorted.
    pub extensions: Vec<String>,
    /// How bad what lints find is, by their codes, where it is not what they say themselves. Whether
    /// there is a lint of that code is not known here.
    pub lints: BTreeMap<String, Level>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            backend: Dialect::Sqlite,
            flavour: Flavour::default(),
            online: Online::UNASKED,
            migrations: "migrations".to_owned(),
            drift: Drift::Warn,
            schema_file: None,
            minimum_server: None,
            extensions: Vec::new(),
            lints: BTreeMap::new(),
        }
    }
}

/// What a build does about models that no migration covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drift {
    /// Warns at the field.
    Warn,
    /// Fails at the field.
    Deny,
    /// Nothing.
    Allow,
}

impl Drift {
    /// Every level.
    pub const ALL: [Drift; 3] = [Drift::Warn, Drift::Deny, Drift::Allow];

    /// Spelling in the manifest.
    pub const fn name(self) -> &'static str {
        match self {
            Drift::Warn => "warn",
            Drift::Deny => "deny",
            Drift::Allow => "allow",
        }
    }
}

/// How bad it is what a lint found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It is not told.
    Allow,
    /// It is told to whoever wants to know.
    Note,
    /// It is told.
    Warn,
    /// It is told, and the command fails.
    Deny,
}

impl Level {
    /// Every level.
    pub const ALL: [Level; 4] = [Level::Allow, Level::Note, Level::Warn, Level::Deny];

    /// Spelling in the manifest.
    pub const fn name(self) -> &'static str {
        match self {
            Level::Allow => "allow",
            Level::Note => "note",
            Level::Warn => "warn",
            Level::Deny => "deny",
        }
    }
}

/// What is wrong with a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// It is no TOML.
    Toml {
        /// What the parser says.
        reason: String,
    },
    /// A key that the section does not have.
    UnknownKey {
        /// The key.
        key: String,
    },
    /// A value that the key cannot have.
    Value {
        /// The key.
        key: &'static str,
        /// What it can have.
        expected: String,
    },
    /// A key that means nothing to the engine.
    Unfit {
        /// The key.
        key: &'static str,
        /// The engine.
        backend: Dialect,
    },
}

/// Keys of the section.
pub const KEYS: [&str; 11] = [
    "backend",
    "flavour",
    "algorithm",
    "lock",
    "online",
    "migrations",
    "drift",
    "schema-file",
    "minimum-server",
    "extensions",
    "lints",
];

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::Toml { reason } => write!(f, "Cargo.toml is no TOML: {reason}"),
            ConfigError::UnknownKey { key } => write!(
                f,
                "`{key}` in [package.metadata.diesel_autogen] of Cargo.toml is none of `{}`",
                KEYS.join("`, `")
            ),
            ConfigError::Value { key, expected } => write!(
                f,
                "`{key}` in [package.metadata.diesel_autogen] of Cargo.toml must be {expected}"
            ),
            ConfigError::Unfit { key, backend } => write!(
                f,
                "`{key}` in [package.metadata.diesel_autogen] of Cargo.toml means nothing to \
                 {backend}: remove it"
            ),
        }
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads a whole `Cargo.toml`; `None` when it has no section for this tool.
    ///
    /// # Errors
    /// The first thing that is wrong with the section.
    pub fn from_manifest(manifest: &str) -> Result<Option<Config>, ConfigError> {
        let manifest: Table = manifest.parse().map_err(|error: toml::de::Error| {
            ConfigError::Toml { reason: error.message().to_owned() }
        })?;
        let section = manifest
            .get("package")
            .and_then(|package| package.get("metadata"))
            .and_then(|metadata| metadata.get("diesel_autogen"));
        match section {
            None => Ok(None),
            Some(Value::Table(section)) => Config::from_section(section).map(Some),
            Some(_) => {
                Err(ConfigError::Value { key: "diesel_autogen", expected: "a table".to_owned() })
            }
        }
    }

    fn from_section(section: &Table) -> Result<Config, ConfigError> {
        let mut config = Config::default();
        for (key, value) in section {
            match key.as_str() {
                "backend" => {
                    config.backend = one_of("backend", value, &Dialect::ALL, Dialect::name)?;
                }
                "flavour" => {
                    config.flavour = one_of("flavour", value, &Flavour::ALL, Flavour::name)?;
                }
                "algorithm" => {
                    let name = Algorithm::name;
                    config.online.algorithm =
                        Some(one_of("algorithm", value, &Algorithm::ALL, name)?);
                }
                "online" => config.online.phased = boolean("online", value)?,
                "lock" => {
                    config.online.lock = Some(one_of("lock", value, &Locking::ALL, Locking::name)?);
                }
                "migrations" => config.migrations = path("migrations", value)?,
                "drift" => config.drift = one_of("drift", value, &Drift::ALL, Drift::name)?,
                "schema-file" => config.schema_file = Some(path("schema-file", value)?),
                "minimum-server" => config.minimum_server = Some(version(value)?),
                "lints" => config.lints = levels(value)?,
                "extensions" => config.extensions = names("extensions", value)?,
                _ => return Err(ConfigError::UnknownKey { key: key.clone() }),
            }
        }
        let unfit: &[&'static str] = match config.backend {
            Dialect::Sqlite => &["flavour", "algorithm", "lock", "online", "extensions"],
            Dialect::Postgres => &["flavour", "algorithm", "lock"],
            Dialect::Mysql => &["online", "extensions"],
        };
        if config.online.algorithm.is_some_and(|it| !it.is_of(config.flavour)) {
            let expected = "\"instant\", \"inplace\", \"copy\" on MySQL".to_owned();
            return Err(ConfigError::Value { key: "algorithm", expected });
        }
        match unfit.iter().find(|key| section.contains_key(**key)) {
            Some(key) => Err(ConfigError::Unfit { key, backend: config.backend }),
            None => Ok(config),
        }
    }

    /// The oldest release of the server that migrations must run on.
    pub fn minimum(&self) -> (u16, u16, u16) {
        self.minimum_server.unwrap_or(self.backend.default_minimum(self.flavour))
    }
}

fn one_of<T: Copy>(
    key: &'static str,
    value: &Value,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Result<T, ConfigError> {
    let found = value.as_str().and_then(|text| all.iter().copied().find(|it| name(*it) == text));
    found.ok_or_else(|| {
        let names: Vec<String> = all.iter().map(|it| format!("\"{}\"", name(*it))).collect();
        ConfigError::Value { key, expected: names.join(", ") }
    })
}

fn boolean(key: &'static str, value: &Value) -> Result<bool, ConfigError> {
    let expected = || ConfigError::Value { key, expected: "true or false".to_owned() };
    value.as_bool().ok_or_else(expected)
}

fn path(key: &'static str, value: &Value) -> Result<String, ConfigError> {
    let text = value.as_str().filter(|text| !text.is_empty());
    text.map(str::to_owned)
        .ok_or_else(|| ConfigError::Value { key, expected: "a path, as text".to_owned() })
}

fn names(key: &'static str, value: &Value) -> Result<Vec<String>, ConfigError> {
    let name = |value: &Value| value.as_str().filter(|name| !name.is_empty()).map(str::to_owned);
    let all = value.as_array().and_then(|all| all.iter().map(name).collect::<Option<Vec<_>>>());
    let mut all = all.ok_or_else(|| ConfigError::Value {
        key,
        expected: "a list of names: [\"citext\"]".to_owned(),
    })?;
    all.sort();
    all.dedup();
    Ok(all)
}

fn levels(value: &Value) -> Result<BTreeMap<String, Level>, ConfigError> {
    let wrong = || ConfigError::Value {
        key: "lints",
        expected: "a table of codes and levels: { drops-column = \"deny\" }".to_owned(),
    };
    let table = value.as_table().ok_or_else(wrong)?;
    let level = |(code, value): (&String, &Value)| {
        Ok((code.clone(), one_of("lints", value, &Level::ALL, Level::name)?))
    };
    table.iter().map(level).collect()
}

fn version(value: &Value) -> Result<(u16, u16, u16), ConfigError> {
    let parts: Option<Vec<u16>> =
        value.as_str().and_then(|text| text.split('.').map(|part| part.parse().ok()).collect());
    match parts.as_deref() {
        Some([major]) => Ok((*major, 0, 0)),
        Some([major, minor]) => Ok((*major, *minor, 0)),
        Some([major, minor, patch]) => Ok((*major, *minor, *patch)),
        _ => Err(ConfigError::Value {
            key: "minimum-server",
            expected: "a version, as text: \"3.35.5\", \"15\"".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(section: &str) -> Result<Option<Config>, ConfigError> {
        Config::from_manifest(&format!(
            "[package]\nname = \"shop\"\n[package.metadata.diesel_autogen]\n{section}"
        ))
    }

    #[test]
    fn a_manifest_without_the_section_has_no_config() {
        assert_eq!(Config::from_manifest("[package]\nname = \"shop\"\n"), Ok(None));
    }

    #[test]
    fn every_key_is_read() {
        assert_eq!(read(""), Ok(Some(Config::default())));
        let all = "backend = \"sqlite\"\nmigrations = \"db\"\ndrift = \"deny\"\n\
                   schema-file = \"src/schema.rs\"\nminimum-server = \"3.40\"\n\
                   lints = { drops-column = \"deny\" }\n";
        let expected = Config {
            backend: Dialect::Sqlite,
            flavour: Flavour::Mysql,
            online: Online::UNASKED,
            migrations: "db".to_owned(),
            drift: Drift::Deny,
            schema_file: Some("src/schema.rs".to_owned()),
            minimum_server: Some((3, 40, 0)),
            extensions: Vec::new(),
            lints: BTreeMap::from([("drops-column".to_owned(), Level::Deny)]),
        };
        assert_eq!(read(all), Ok(Some(expected)));
    }

    #[test]
    fn mistakes_name_the_key_and_what_it_takes() {
        let message = |section: &str| read(section).map_err(|error| error.to_string());
        assert!(message("drfit = \"warn\"").is_err_and(|it| it.contains("`drfit`")));
        assert!(message("drift = \"loud\"").is_err_and(|it| it.contains("\"warn\", \"deny\"")));
        assert!(message("backend = 3").is_err_and(|it| it.contains("\"sqlite\"")));
        assert!(message("minimum-server = \"new\"").is_err_and(|it| it.contains("3.35.5")));
        assert_eq!(version(&Value::from("15")), Ok((15, 0, 0)));
        assert!(message("extensions = [\"citext\"]").is_err_and(|it| it.contains("to SQLite")));
        assert!(message("flavour = \"mariadb\"").is_err_and(|it| it.contains("to SQLite")));
        assert!(message("lock = \"none\"").is_err_and(|it| it.contains("to SQLite")));
        let mysql = |more: &str| message(&format!("backend = \"mysql\"\n{more}"));
        assert!(mysql("algorithm = \"nocopy\"").is_err_and(|it| it.contains("on MySQL")));
        assert!(mysql("algorithm = \"fast\"").is_err_and(|it| it.contains("\"inplace\"")));
        let asked = mysql("flavour = \"mariadb\"\nalgorithm = \"nocopy\"\nlock = \"none\"");
        let online = asked.unwrap().map(|config| config.online);
        let expected =
            Online { algorithm: Some(Algorithm::Nocopy), lock: Some(Locking::None), phased: false };
        assert_eq!(online, Some(expected));
        let phased = message("backend = \"postgres\"\nonline = true").unwrap();
        assert!(phased.is_some_and(|config| config.online.phased));
        assert!(message("online = true").is_err_and(|it| it.contains("to SQLite")));
        assert!(mysql("online = true").is_err_and(|it| it.contains("to MySQL")));
        assert!(message("online = 1").is_err_and(|it| it.contains("true or false")));
        assert!(message("extensions = \"citext\"").is_err_and(|it| it.contains("list of names")));
        assert!(message("lints = { a = \"bad\" }").is_err_and(|it| it.contains("\"note\"")));
        assert!(message("lints = [\"a\"]").is_err_and(|it| it.contains("codes and levels")));
        assert!(message("= 1").is_err_and(|it| it.contains("no TOML")));
    }
}
