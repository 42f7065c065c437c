//! The house rules that a compiler does not check: which crate may know which, how long files and
//! functions are, and that every story is registered and reviewed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::spanned::Spanned;
use syn::visit::Visit;

/// Longest file, in lines, tests aside.
const FILE: usize = 400;
/// Longest function, in lines, tests aside.
const FUNCTION: usize = 60;

/// Which crates of the workspace each may depend on. Arrows point one way:
/// schema ← grammar ← macros ← runtime, schema ← evolve ← database ← cli, grammar ← cli,
/// progress ← runtime, progress ← evolve, progress ← database.
const ARROWS: [(&str, &[&str]); 8] = [
    ("runtime/schema", &[]),
    ("macros/grammar", &["diesel_autogen_schema"]),
    ("macros", &["diesel_autogen_grammar", "diesel_autogen_schema"]),
    ("runtime/progress", &[]),
    ("runtime", &["diesel_autogen_macros", "diesel_autogen_progress", "diesel_autogen_schema"]),
    ("runtime/evolve", &["diesel_autogen_progress", "diesel_autogen_schema"]),
    (
        "runtime/database",
        &["diesel_autogen_evolve", "diesel_autogen_progress", "diesel_autogen_schema"],
    ),
    (
        "cli",
        &[
            "diesel_autogen_database",
            "diesel_autogen_evolve",
            "diesel_autogen_grammar",
            "diesel_autogen_schema",
        ],
    ),
];

/// What a crate must not link, whatever for.
const FORBIDDEN: [(&str, &[&str]); 5] = [
    ("runtime/schema", &["diesel", "syn", "quote", "clap"]),
    ("macros/grammar", &["diesel", "toml", "clap"]),
    ("runtime/evolve", &["diesel", "syn", "quote", "clap"]),
    ("runtime/progress", &["diesel_migrations", "toml", "syn", "quote", "clap"]),
    ("runtime", &["diesel_migrations", "toml", "syn", "clap"]),
];

/// What lies in the root beside what tools make for themselves: the house's rooms, its papers, and
/// how it is built.
const ENTRIES: [&str; 16] = [
    "ARCHITECTURE.md",
    "BENCHMARKS.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "cli",
    "clippy.toml",
    "docs",
    "fixtures",
    "macros",
    "runtime",
    "rustfmt.toml",
    "snapshots",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the root").into()
}

fn dependencies(member: &str) -> BTreeSet<String> {
    let path = root().join(member).join("Cargo.toml");
    let text = fs::read_to_string(&path).expect("a manifest");
    let manifest: toml::Table = text.parse().expect("a manifest is TOML");
    let table = manifest.get("dependencies").and_then(|it| it.as_table());
    table.map(|it| it.keys().cloned().collect()).unwrap_or_default()
}

#[test]
fn arrows_point_one_way() {
    for (member, allowed) in ARROWS {
        for name in dependencies(member).iter().filter(|it| it.starts_with("diesel_autogen")) {
            assert!(allowed.contains(&name.as_str()), "{member} must not know {name}");
        }
    }
    for (member, forbidden) in FORBIDDEN {
        for name in dependencies(member) {
            assert!(!forbidden.contains(&name.as_str()), "{member} must not know {name}");
        }
    }
}

#[test]
fn nothing_lies_about_in_the_root() {
    let entries = fs::read_dir(root()).expect("a folder");
    let names = entries.map(|it| it.expect("readable").file_name().into_string().expect("text"));
    let own = |it: &String| ENTRIES.contains(&it.as_str()) || it == "target";
    let others: Vec<String> = names.filter(|it| !it.starts_with('.') && !own(it)).collect();
    assert!(others.is_empty(), "{others:?}");
}

/// What a user's own binary is linked with for our sake, whatever the tools turn on elsewhere.
#[test]
fn a_users_binary_links_facts_and_traits_alone() {
    let edges = ["tree", "-p", "diesel_autogen", "--edges", "normal,no-proc-macro"];
    let output = std::process::Command::new(env!("CARGO"))
        .args(edges)
        .args(["--prefix", "none", "--format", "{p}", "--locked", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let names: BTreeSet<&str> =
        text.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let ours: Vec<&str> =
        names.iter().copied().filter(|name| name.starts_with("diesel_autogen")).collect();
    assert_eq!(ours, ["diesel_autogen", "diesel_autogen_schema"], "{text}");
    // Diesel itself, and what it needs without an engine.
    assert_eq!(names.len(), 4, "{text}");
    assert!(names.contains("diesel") && names.contains("downcast-rs"), "{text}");
}

#[test]
fn every_crate_says_what_it_must_not_know() {
    for (member, _) in ARROWS {
        let text = fs::read_to_string(root().join(member).join("src/lib.rs")).expect("a library");
        let doc: Vec<&str> = text.lines().take_while(|line| line.starts_with("//!")).collect();
        let doc = doc.join(" ").replace("//! ", "");
        assert!(doc.contains("must not know"), "{member}/src/lib.rs does not say it");
    }
}

/// Every Rust file below the `src` folders of the crates that make up the product.
fn sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for (member, _) in ARROWS {
        collect(&root().join(member).join("src"), &mut files);
    }
    assert!(files.len() > 50, "the sources were not found");
    files
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|it| it == "rs") {
            files.push(path);
        }
    }
    files.sort();
}

/// Whether a file holds nothing but tests.
fn is_test(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|it| it.to_str()).unwrap_or("");
    stem == "tests" || stem.ends_with("_tests") || path.iter().any(|part| part == "tests")
}

struct Functions<'a> {
    path: &'a Path,
    long: Vec<String>,
}

impl Functions<'_> {
    fn measure(&mut self, name: &syn::Ident, block: &syn::Block) {
        let lines = block.span().end().line - block.span().start().line;
        if lines > FUNCTION {
            self.long.push(format!("{}: {name} has {lines} lines", self.path.display()));
        }
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.ident != "tests" {
            syn::visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.measure(&item.sig.ident, &item.block);
        syn::visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.measure(&item.sig.ident, &item.block);
        syn::visit::visit_impl_item_fn(self, item);
    }
}

#[test]
fn files_and_functions_are_short() {
    let mut long = Vec::new();
    for path in sources().iter().filter(|path| !is_test(path)) {
        let text = fs::read_to_string(path).expect("a source file");
        let own = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(&text);
        let lines = own.lines().count();
        if lines > FILE {
            long.push(format!("{} has {lines} lines", path.display()));
        }
        let mut functions = Functions { path, long: Vec::new() };
        functions.visit_file(&syn::parse_file(&text).expect("a source file parses"));
        long.append(&mut functions.long);
    }
    assert!(long.is_empty(), "too long, find the seam:\n{}", long.join("\n"));
}

#[test]
fn nothing_iterates_in_random_order() {
    for path in sources() {
        let text = fs::read_to_string(&path).expect("a source file");
        for name in ["HashMap<", "HashMap::", "HashSet<", "HashSet::"] {
            assert!(!text.contains(name), "{}: {name} has no order", path.display());
        }
    }
}

/// Folders of stories, and the least that each has.
const STORIES: [(&str, usize); 3] = [
    ("fixtures/stories/src", 120),
    ("fixtures/stories-mysql/src", 80),
    ("fixtures/stories-postgres/src", 150),
];

/// Topic to names of its stories on disk.
fn stories(folder: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut files = Vec::new();
    collect(folder, &mut files);
    let mut stories: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files.iter().filter(|it| !it.ends_with("mod.rs") && it.parent() != Some(folder)) {
        let part = |path: &Path| path.file_stem().and_then(|it| it.to_str()).map(str::to_owned);
        let (Some(topic), Some(name)) = (file.parent().and_then(part), part(file)) else {
            continue;
        };
        stories.entry(topic).or_default().insert(name);
    }
    stories
}

/// Names of the modules that a file declares.
fn modules(path: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(path).expect("a registry");
    let names = text.lines().filter_map(|line| line.trim().strip_prefix("pub mod "));
    names.map(|name| name.trim_end_matches(';').to_owned()).collect()
}

#[test]
fn every_story_is_registered() {
    let mut topics: BTreeSet<String> = BTreeSet::new();
    for (folder, least) in STORIES {
        let stories = stories(&root().join(folder));
        let count: usize = stories.values().map(BTreeSet::len).sum();
        assert!(count >= least, "{count} stories in {folder} are too few");
        let own: BTreeSet<String> = stories.keys().cloned().collect();
        let registry = root().join(folder).join("lib.rs");
        assert_eq!(modules(&registry), own, "topics in {folder}/lib.rs");
        for (topic, names) in &stories {
            let registry = root().join(folder).join(topic).join("mod.rs");
            assert_eq!(&modules(&registry), names, "stories in {}", registry.display());
            assert!(topics.insert(topic.clone()), "two topics `{topic}` would share their goldens");
        }
    }
}

#[test]
fn every_golden_is_reviewed_and_has_its_story() {
    for engine in fs::read_dir(root().join("snapshots")).expect("goldens") {
        let engine = engine.expect("readable").path();
        for (folder, _) in STORIES {
            for (topic, mut names) in stories(&root().join(folder)) {
                let sources = root().join(folder).join(&topic);
                names.retain(|name| is_told(&sources.join(format!("{name}.rs")), &engine));
                goldens(&engine.join(&topic), &names);
            }
        }
    }
}

/// Whether a story is told of the engine that a folder of goldens is named after.
fn is_told(story: &Path, engine: &Path) -> bool {
    let text = fs::read_to_string(story).expect("a story");
    let engine = engine.file_name().and_then(|name| name.to_str()).expect("an engine");
    let only = text.lines().find_map(|line| line.strip_prefix("//! only = "));
    only.is_none_or(|only| only.contains(&format!("\"{engine}\"")))
}

/// That the goldens in a folder, if there is one, are of these stories and were reviewed.
fn goldens(folder: &Path, names: &BTreeSet<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut found = BTreeSet::new();
    for entry in entries {
        let name = entry.expect("readable").file_name().to_string_lossy().into_owned();
        assert!(name.ends_with(".snap"), "{}/{name} is not reviewed", folder.display());
        found.insert(name.trim_end_matches(".snap").to_owned());
    }
    let orphans: Vec<_> = found.difference(names).collect();
    assert!(orphans.is_empty(), "goldens in {} without a story: {orphans:?}", folder.display());
}
