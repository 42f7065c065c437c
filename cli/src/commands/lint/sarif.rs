//! Findings as SARIF 2.1.0, which code scanners read.

use diesel_autogen_evolve::lint::{RULES, Rule};
use diesel_autogen_schema::config::Level;
use serde::Serialize;

use super::report::FindingView;

#[derive(Serialize)]
pub(super) struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
struct Run<'a> {
    tool: Tool,
    results: Vec<Result<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    short_description: Text<String>,
    full_description: Text<&'static str>,
    help: Text<&'static str>,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    enabled: bool,
    level: &'static str,
}

#[derive(Serialize)]
struct Text<T> {
    text: T,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Result<'a> {
    rule_id: &'static str,
    rule_index: Option<usize>,
    level: &'static str,
    message: Text<String>,
    locations: [Location<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    physical_location: Physical<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical<'a> {
    artifact_location: Artifact<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct Artifact<'a> {
    uri: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
}

/// The findings of one run.
pub(super) fn log(findings: &[FindingView]) -> Log<'_> {
    let rules = RULES.iter().map(|rule| descriptor(rule)).collect();
    let driver = Driver { name: "diesel-autogen", version: env!("CARGO_PKG_VERSION"), rules };
    Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run { tool: Tool { driver }, results: findings.iter().map(result).collect() }],
    }
}

fn descriptor(rule: &Rule) -> Descriptor {
    Descriptor {
        id: rule.code,
        short_description: Text { text: rule.summary.to_owned() },
        full_description: Text { text: rule.damage },
        help: Text { text: rule.safe },
        default_configuration: Configuration {
            enabled: rule.level != Level::Allow,
            level: level(rule.level),
        },
    }
}

fn result(finding: &FindingView) -> Result<'_> {
    let FindingView { code, level: _, file, line, object, message, safe } = finding;
    let object = if object.is_empty() { String::new() } else { format!("{object}: ") };
    let safe = safe.as_ref().map(|safe| format!("; safe: {safe}")).unwrap_or_default();
    let artifact_location = Artifact { uri: file };
    let region = line.map(|start_line| Region { start_line });
    Result {
        rule_id: code,
        rule_index: RULES.iter().position(|rule| rule.code == *code),
        level: Level::ALL.into_iter().find(|it| it.name() == finding.level).map_or("none", level),
        message: Text { text: format!("{object}{message}{safe}") },
        locations: [Location { physical_location: Physical { artifact_location, region } }],
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Allow => "none",
        Level::Note => "note",
        Level::Warn => "warning",
        Level::Deny => "error",
    }
}
