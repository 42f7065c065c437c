//! Which features of a package are on: what was asked for and everything that implies.

use std::collections::{BTreeMap, BTreeSet};

/// The features that are on, and what they ask of dependencies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Enabled {
    /// Features of the package itself.
    pub(crate) features: BTreeSet<String>,
    /// Features asked of dependencies, by the dependency's name in the manifest.
    pub(crate) dependencies: BTreeMap<String, BTreeSet<String>>,
}

/// Turns on `seeds` and what they imply by `table`, the package's `[features]` with the implicit
/// features of optional dependencies. The error is the name that no feature has.
pub(crate) fn enable(
    table: &BTreeMap<String, Vec<String>>,
    seeds: impl IntoIterator<Item = String>,
) -> Result<Enabled, String> {
    let mut enabled = Enabled::default();
    let mut optional: BTreeSet<String> = BTreeSet::new();
    let mut weak: Vec<(String, String)> = Vec::new();
    let mut open: Vec<String> = seeds.into_iter().collect();
    while let Some(value) = open.pop() {
        if let Some(dependency) = value.strip_prefix("dep:") {
            optional.insert(dependency.to_owned());
        } else if let Some((dependency, feature)) = value.split_once('/') {
            match dependency.strip_suffix('?') {
                Some(dependency) => weak.push((dependency.to_owned(), feature.to_owned())),
                None => {
                    ask(&mut enabled, dependency, feature);
                    optional.insert(dependency.to_owned());
                    // Without `dep:` anywhere an optional dependency is a feature of its own name.
                    if table.contains_key(dependency) {
                        open.push(dependency.to_owned());
                    }
                }
            }
        } else if !enabled.features.contains(&value) {
            let Some(implied) = table.get(&value) else { return Err(value) };
            open.extend(implied.iter().cloned());
            enabled.features.insert(value);
        }
    }
    for (dependency, feature) in weak {
        if optional.contains(&dependency) {
            ask(&mut enabled, &dependency, &feature);
        }
    }
    Ok(enabled)
}

fn ask(enabled: &mut Enabled, dependency: &str, feature: &str) {
    enabled.dependencies.entry(dependency.to_owned()).or_default().insert(feature.to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
        rows.iter()
            .map(|(name, implied)| {
                ((*name).to_owned(), implied.iter().map(|i| (*i).to_owned()).collect())
            })
            .collect()
    }

    fn names(set: &BTreeSet<String>) -> Vec<&str> {
        set.iter().map(String::as_str).collect()
    }

    #[test]
    fn features_imply_features_and_dependency_features() {
        let table = table(&[
            ("default", &["a"]),
            ("a", &["b", "dep:x", "x?/y", "z?/never"]),
            ("b", &["models/postgres"]),
            ("off", &[]),
        ]);
        let on = enable(&table, ["default".to_owned()]).unwrap();
        assert_eq!(names(&on.features), ["a", "b", "default"]);
        assert_eq!(names(&on.dependencies["x"]), ["y"]);
        assert_eq!(names(&on.dependencies["models"]), ["postgres"]);
        assert!(!on.dependencies.contains_key("z"));
    }

    #[test]
    fn a_slash_turns_on_the_implicit_feature() {
        let table = table(&[("x", &["dep:x"]), ("a", &["x/y"])]);
        assert_eq!(names(&enable(&table, ["a".to_owned()]).unwrap().features), ["a", "x"]);
    }

    #[test]
    fn features_may_imply_each_other_in_a_circle() {
        let table = table(&[("a", &["b"]), ("b", &["a"])]);
        assert_eq!(names(&enable(&table, ["a".to_owned()]).unwrap().features), ["a", "b"]);
    }

    #[test]
    fn an_unknown_feature_is_named() {
        assert_eq!(enable(&table(&[("a", &["b"])]), ["a".to_owned()]), Err("b".to_owned()));
    }
}
