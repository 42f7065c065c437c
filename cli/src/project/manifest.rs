//! Setting a package up by an entry in its manifest.

use toml_edit::{DocumentMut, Item, Table, Value, value};

use crate::Error;

/// The manifest with a `[package.metadata.diesel_autogen]` of these keys, its layout and comments
/// kept; `None` when it has one already.
///
/// # Errors
/// When the text is no manifest of a package.
pub fn set_up(manifest: &str, keys: &[(&str, String)]) -> Result<Option<String>, Error> {
    let mut document: DocumentMut = manifest
        .parse()
        .map_err(|error: toml_edit::TomlError| Error::failure(error.to_string().trim_end()))?;
    let package = document
        .get_mut("package")
        .and_then(Item::as_table_mut)
        .ok_or_else(|| Error::failure("the manifest has no [package]: choose a member with -p"))?;
    let mut implicit = Table::new();
    implicit.set_implicit(true);
    let metadata = package.entry("metadata").or_insert(Item::Table(implicit));
    if metadata.get("diesel_autogen").is_some() {
        return Ok(None);
    }
    match metadata {
        Item::Value(Value::InlineTable(metadata)) => {
            // Inside an inline table only another one can stand.
            let keys = keys.iter().map(|(key, text)| (*key, Value::from(text)));
            metadata.insert("diesel_autogen", Value::from_iter(keys));
        }
        Item::Table(metadata) => {
            let keys = keys.iter().map(|(key, text)| (*key, value(text)));
            // `metadata.x = …` inside [package] can only be added to by the same kind of key.
            let mut section = Table::from_iter(keys);
            section.set_dotted(metadata.is_dotted());
            metadata.insert("diesel_autogen", Item::Table(section));
        }
        Item::None | Item::Value(_) | Item::ArrayOfTables(_) => {
            return Err(Error::failure("`package.metadata` of the manifest is no table"));
        }
    }
    Ok(Some(document.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(manifest: &str) -> String {
        let keys = [("backend", "sqlite".to_owned())];
        let text = set_up(manifest, &keys).unwrap().unwrap();
        let parsed: toml::Table = text.parse().unwrap();
        assert_eq!(
            parsed["package"]["metadata"]["diesel_autogen"]["backend"].as_str(),
            Some("sqlite")
        );
        assert_eq!(set_up(&text, &keys).unwrap(), None, "added twice");
        text
    }

    #[test]
    fn layout_and_comments_stay() {
        let manifest = "# mine\n[package]\nname   = \"shop\" # here\nversion = \"0.1.0\"\n\n\
                        [dependencies]\ndiesel = { version = \"2\" }\n";
        assert_eq!(
            done(manifest),
            "# mine\n[package]\nname   = \"shop\" # here\nversion = \"0.1.0\"\n\n\
             [package.metadata.diesel_autogen]\nbackend = \"sqlite\"\n\n\
             [dependencies]\ndiesel = { version = \"2\" }\n"
        );
    }

    #[test]
    fn other_metadata_stays_in_whatever_form() {
        for manifest in [
            "[package]\nname = \"a\"\n\n[package.metadata.docs.rs]\nall-features = true\n",
            "[package]\nname = \"a\"\nmetadata.docs.rs.all-features = true\n",
            "[package]\nname = \"a\"\nmetadata = { docs = { rs = { all-features = true } } }\n",
        ] {
            let parsed: toml::Table = done(manifest).parse().unwrap();
            let metadata = &parsed["package"]["metadata"];
            assert_eq!(metadata["docs"]["rs"]["all-features"].as_bool(), Some(true));
        }
    }

    #[test]
    fn a_workspace_root_is_no_package() {
        let error = set_up("[workspace]\nmembers = []\n", &[]).unwrap_err().to_string();
        assert!(error.contains("choose a member with -p"), "{error}");
        assert!(set_up("[package", &[]).is_err());
    }
}
