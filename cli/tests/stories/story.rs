use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Models before and after a change, and what must come of it.
#[derive(Debug)]
pub(crate) struct Story {
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
    pub(crate) allow_loss: Vec<String>,
    pub(crate) rename: Vec<String>,
    pub(crate) refused: Option<i32>,
    pub(crate) unchanged: bool,
    pub(crate) hand_written: Option<String>,
    pub(crate) hand_written_down: Option<String>,
    pub(crate) rows: Vec<String>,
    pub(crate) after_up: Vec<(String, String)>,
    pub(crate) after_down: Vec<(String, String)>,
    pub(crate) down_fails: Option<String>,
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the root").into()
}

/// Every story on disk, sorted.
pub(crate) fn all() -> Vec<Story> {
    let mut stories = Vec::new();
    for topic in sorted(&root().join("fixtures/stories/src")) {
        if !topic.is_dir() {
            continue;
        }
        for file in sorted(&topic) {
            if file.file_name().is_some_and(|name| name != "mod.rs") {
                stories.push(read(&file));
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

fn read(path: &Path) -> Story {
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
    let expect =
        toml::from_str(&block.join("\n")).unwrap_or_else(|error| wrong(&error.to_string()));
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
    Story {
        topic: path.parent().and_then(stem).unwrap_or_default(),
        name: stem(path).unwrap_or_default(),
        title: title.join(" "),
        expect,
        before: body("before"),
        after: body("after"),
    }
}
