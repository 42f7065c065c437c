use clap::Args;
use diesel_autogen_evolve::HazardCode;
use diesel_autogen_evolve::lint::{Example, RULES, Rule, nearest, rule};
use serde::Serialize;

use crate::terminal::{Terminal, highlighted};
use crate::{Error, Exit};

/// Say what a code of a lint or of a hazard means: the lock, the damage and the safe way.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  diesel-autogen explain\n  diesel-autogen explain \
                        index-not-concurrent")]
pub(super) struct Explain {
    /// The code; otherwise all are listed.
    code: Option<String>,
}

#[derive(Serialize)]
struct Explained {
    code: &'static str,
    /// `lint` or `hazard`.
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    engines: Vec<&'static str>,
    summary: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    lock: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    damage: &'static str,
    safe: &'static str,
}

impl Explain {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Exit, Error> {
        match &self.code {
            None => list(terminal),
            Some(code) => one(code, terminal)?,
        }
        Ok(Exit::Fine)
    }
}

fn list(terminal: &mut Terminal) {
    let mut all: Vec<Explained> = RULES.iter().map(|rule| of_rule(rule)).collect();
    let width = RULES.iter().map(|rule| rule.code.len()).max().unwrap_or_default();
    terminal.heading("lints");
    for it in &all {
        let level = it.level.unwrap_or_default();
        terminal.line(format!("  {:width$}  {level:5}  {}", it.code, it.summary));
    }
    terminal.heading("\nhazards");
    for code in HazardCode::ALL {
        terminal.line(format!("  {:width$}  {}", code.name(), code.meaning()));
        all.push(of_hazard(code));
    }
    terminal.json(&all);
}

fn one(code: &str, terminal: &mut Terminal) -> Result<(), Error> {
    let hazard = HazardCode::ALL.into_iter().find(|it| it.name() == code);
    if let Some(rule) = rule(code) {
        explain(rule, terminal);
        terminal.json(&of_rule(rule));
    } else if let Some(hazard) = hazard {
        terminal.heading(format!("{code}  (a hazard of a step)"));
        terminal.line(hazard.meaning());
        terminal.line(format!("\nsafe    {}", hazard.way_out()));
        terminal.json(&of_hazard(hazard));
    } else {
        let hazards = HazardCode::ALL.into_iter().map(HazardCode::name);
        let alike = hazards.map(|name| (strsim::normalized_damerau_levenshtein(name, code), name));
        let alike = alike.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(score, _)| *score > 0.6);
        let meant = match nearest(code).or(alike.map(|(_, name)| name)) {
            Some(meant) => format!(": did you mean `{meant}`?"),
            None => ": diesel-autogen explain lists them".to_owned(),
        };
        return Err(Error::usage(format!("nothing has the code `{code}`{meant}")));
    }
    Ok(())
}

fn explain(rule: &Rule, terminal: &mut Terminal) {
    let engines: Vec<String> = rule.engines.iter().map(ToString::to_string).collect();
    terminal.heading(format!("{}  ({}; {})", rule.code, rule.level.name(), engines.join(", ")));
    terminal.line(rule.summary);
    terminal.line("");
    for (what, text) in [("lock", rule.lock), ("damage", rule.damage), ("safe", rule.safe)] {
        if !text.is_empty() {
            terminal.line(format!("{what:8}{text}"));
        }
    }
    for (heading, examples) in [("it minds", rule.bad), ("it does not mind", rule.good)] {
        terminal.heading(format!("\n{heading}"));
        for example in examples {
            example_lines(example).iter().for_each(|line| terminal.line(format!("    {line}")));
        }
    }
}

/// The SQL of an example, and what else makes it one.
fn example_lines(example: &Example) -> Vec<String> {
    let mut lines = vec![highlighted(&example.sql.replace('\n', "\n    "))];
    let mut about = vec![example.engine.to_string()];
    if !example.transaction {
        about.push("run_in_transaction = false".to_owned());
    }
    if let Some((major, _, _)) = example.minimum {
        about.push(format!("minimum-server = \"{major}\""));
    }
    if !example.before.is_empty() {
        about.push(format!("after {}", example.before));
    }
    lines.push(highlighted(&format!("-- {}\n", about.join("; "))));
    lines
}

fn of_rule(rule: &Rule) -> Explained {
    Explained {
        code: rule.code,
        kind: "lint",
        level: Some(rule.level.name()),
        engines: rule.engines.iter().map(|it| it.name()).collect(),
        summary: rule.summary,
        lock: rule.lock,
        damage: rule.damage,
        safe: rule.safe,
    }
}

fn of_hazard(code: HazardCode) -> Explained {
    Explained {
        code: code.name(),
        kind: "hazard",
        level: None,
        engines: Vec::new(),
        summary: code.meaning(),
        lock: "",
        damage: "",
        safe: code.way_out(),
    }
}
