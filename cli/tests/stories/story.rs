use std::fs;
use std::path::{Path, PathBuf};

use diesel_autogen_schema::Dialect;
use serde::Deserialize;

/// Models before and after a change, and what must come of it on one engine.
#[derive(Debug)]
pub(crate) struct Story {
    pub(crate) engine: Dialect,
    pub(crate) topic: String,
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) expect: Expect,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// The TOML block of a story; see `fixtures/stories/README.md`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Expect {
    pub(crate) minimum_server: Option<String>,
    pub(crate) extensions: Vec<String>,
    pub(crate) flavour: Option<String>,
    pub(crate) short: Vec<String>,
    pub(crate) allow_loss: Vec<String>,
    pub(crate) rename: Vec<String>,
    pub(crate) retire: Vec<String>,
    pub(crate) refused: Option<i32>,
    pub(crate) unchanged: bool,
    pub(crate) hand_written: Option<String>,
    pub(crate) hand_written_down: Option<String>,
    pub(crate) rows: Vec<String>,
    pub(crate) after_up: Vec<(String, String)>,
    pub(crate) after_down: Vec<(String, String)>,
    pub(crate) down_fails: Option<String>,
    pub(crate) fault: Option<String>,
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the root").into()
}

/// The engines that stories are told for.
pub(crate) const TOLD: [Dialect; 3] = [Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql];

/// The packages of stories, and the engines that they are told for.
const PACKAGES: [(&str, &[Dialect]); 3] = [
    ("fixtures/stories", &TOLD),
    ("fixtures/stories-mysql", &[Dialect::Mysql]),
    ("fixtures/stories-postgres", &[Dialect::Postgres]),
];

/// Every story that is told, sorted.
pub(crate) fn all() -> Vec<Story> {
    of(&PACKAGES)
}

/// Every story on disk, told or not, of every engine that can express it, sorted.
pub(crate) fn on_disk() -> Vec<Story> {
    of(&PACKAGES.map(|(package, _)| (package, &TOLD[..])))
}

fn of(packages: &[(&str, &[Dialect])]) -> Vec<Story> {
    let mut stories = Vec::new();
    for (package, engines) in packages {
        for topic in sorted(&root().join(package).join("src")) {
            if !topic.is_dir() {
                continue;
            }
            for file in sorted(&topic) {
                if file.file_name().is_some_and(|name| name != "mod.rs") {
                    stories.extend(read(&file, engines));
                }
            }
        }
    }
    stories
}

fn sorted(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("the stories are there");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    paths.sort();
    paths
}

/// The story as each engine has it that can express it.
fn read(path: &Path, engines: &[Dialect]) -> Vec<Story> {
    let wrong = |what: &str| -> ! { panic!("{}: {what}", path.display()) };
    let text = fs::read_to_string(path).unwrap_or_else(|error| wrong(&error.to_string()));
    let file = syn::parse_file(&text).unwrap_or_else(|error| wrong(&error.to_string()));
    let doc: Vec<&str> = text
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let title: Vec<&str> =
        doc.iter().copied().take_while(|line| !line.is_empty() && *line != "```toml").collect();
    if title.is_empty() {
        wrong("it does not say what happens");
    }
    let block = doc.iter().skip_while(|line| **line != "```toml").skip(1);
    let block: Vec<&str> = block.copied().take_while(|line| *line != "```").collect();
    let block = block.join("\n");
    let expectations = expectations(&block, engines).unwrap_or_else(|error| wrong(&error));
    let body = |name: &str| {
        let module = file.items.iter().find_map(|item| match item {
            syn::Item::Mod(module) if module.ident == name => module.content.as_ref(),
            _ => None,
        });
        let (brace, _) = module.unwrap_or_else(|| wrong(&format!("`pub mod {name}` is missing")));
        let inside = brace.span.join().byte_range();
        text[inside.start + 1..inside.end - 1].to_owned()
    };
    let stem = |path: &Path| path.file_stem().map(|name| name.to_string_lossy().into_owned());
    let of = |(engine, expect): (Dialect, Expect)| Story {
        engine,
        topic: path.parent().and_then(stem).unwrap_or_default(),
        name: stem(path).unwrap_or_default(),
        title: title.join(" "),
        before: shortened(&body("before"), &expect.short),
        after: shortened(&body("after"), &expect.short),
        expect,
    };
    expectations.into_iter().map(of).collect()
}

/// The models with a `max_length` at these fields: MySQL keys no text of any length.
fn shortened(models: &str, fields: &[String]) -> String {
    let is_short = |line: &str| {
        let field = line.trim_start().strip_prefix("pub ").and_then(|rest| rest.split_once(": "));
        field.is_some_and(|(name, of)| {
            of.contains("String") && fields.iter().any(|field| field == name)
        })
    };
    let mut out = String::with_capacity(models.len());
    for line in models.split_inclusive('\n') {
        if is_short(line) {
            let indent = &line[..line.len() - line.trim_start().len()];
            out.push_str(&format!("{indent}#[column(max_length = 120)]\n"));
        }
        out.push_str(line);
    }
    out
}

/// What must come of a story on each engine that can express it: what is said of all, with what is
/// said of the engine alone in its place.
fn expectations(block: &str, engines: &[Dialect]) -> Result<Vec<(Dialect, Expect)>, String> {
    let text = |error: toml::de::Error| error.to_string();
    let mut common: toml::Table = block.parse().map_err(text)?;
    let only: Option<Vec<String>> =
        common.remove("only").map(|only| only.try_into().map_err(text)).transpose()?;
    let mut own: Vec<(Dialect, Option<toml::Value>)> = Vec::new();
    for engine in TOLD {
        let table = common.remove(engine.name());
        if !engines.contains(&engine) {
            continue;
        }
        if only.as_ref().is_none_or(|only| only.iter().any(|name| name == engine.name())) {
            own.push((engine, table));
        } else if table.is_some() {
            return Err(format!("`only` leaves {engine} out, but it has a table of its own"));
        }
    }
    let merged = |(engine, table): (Dialect, Option<toml::Value>)| {
        let mut all = common.clone();
        all.extend(table.and_then(|table| table.as_table().cloned()).unwrap_or_default());
        Ok((engine, all.try_into().map_err(text)?))
    };
    own.into_iter().map(merged).collect()
}
