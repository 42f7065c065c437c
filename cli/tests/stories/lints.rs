use std::collections::BTreeMap;
use std::fs;

use cli::source::{Located, Request, locate};
use diesel_autogen_evolve::Target;
use diesel_autogen_evolve::lint::{Levels, Subject, Workflow, lint};
use diesel_autogen_evolve::script::Known;
use diesel_autogen_schema::{Dialect, Flavour};

use crate::golden;
use crate::package::Package;
use crate::story::{Story, root};

/// What lints find in the SQL of every story of an engine, a line a story, so that a false alarm is a
/// difference that somebody sees. The SQL is that of the goldens: no server is asked.
pub(crate) fn check(engine: Dialect, stories: &[Story]) -> Result<(), String> {
    let mut lines = String::new();
    for (story, codes) in codes(engine, stories)? {
        let codes: Vec<String> = codes
            .iter()
            .map(
                |(code, count)| {
                    if *count > 1 { format!("{code} ×{count}") } else { (*code).into() }
                },
            )
            .collect();
        if !codes.is_empty() {
            lines.push_str(&format!("{story}: {}\n", codes.join(", ")));
        }
    }
    golden::lints(engine, &lines);
    Ok(())
}

/// How often each lint finds something, by its code.
pub(crate) type Codes = BTreeMap<&'static str, usize>;

/// What lints find in the SQL of each story, in the order of the stories.
pub(crate) fn codes(engine: Dialect, stories: &[Story]) -> Result<Vec<(String, Codes)>, String> {
    let mut packages = BTreeMap::new();
    let mut all = Vec::new();
    for story in stories.iter().filter(|it| it.engine == engine) {
        let Some(golden) = golden_of(story) else { continue };
        let (package, located) = packages
            .entry((story.expect.extensions.clone(), story.expect.flavour.clone()))
            .or_insert_with(|| located(engine, story));
        package.write("src/lib.rs", &story.before);
        let before = located.read().map_err(|errors| format!("{}: {errors:?}", story.name))?;
        let known = Known::schema(&before.schema.canonical(), engine);
        all.push((format!("{}/{}", story.topic, story.name), found(story, &golden, known)));
    }
    Ok(all)
}

/// What lints find in SQL of a story on a database as `known`.
pub(crate) fn found(story: &Story, sql: &Golden, known: Known) -> Codes {
    let subject = Subject {
        flavour: flavour(story),
        minimum: minimum(story),
        sql: &sql.up,
        transaction: sql.transaction,
        known,
        revision: Some(Workflow {
            message: "follow the story".to_owned(),
            down_sql: Some(&sql.down),
            generated: true,
            ..Workflow::default()
        }),
    };
    let mut codes = Codes::new();
    for finding in lint(&subject, &Levels::default()) {
        *codes.entry(finding.code).or_default() += 1;
    }
    codes
}

/// The reviewed SQL of a story.
pub(crate) struct Golden {
    pub(crate) up: String,
    pub(crate) down: String,
    pub(crate) transaction: bool,
}

pub(crate) fn golden_of(story: &Story) -> Option<Golden> {
    let folder = root().join("snapshots").join(story.engine.name()).join(&story.topic);
    let text = fs::read_to_string(folder.join(format!("{}.snap", story.name))).ok()?;
    let (_, text) = text.split_once("\n---\n-- up.sql, ")?;
    let (how, text) = text.split_once('\n')?;
    let (up, text) = text.split_once("\n-- down.sql\n")?;
    let (down, _) = text.split_once("\n-- schema.toml\n")?;
    let transaction = how == "in a transaction";
    Some(Golden { up: up.to_owned(), down: down.to_owned(), transaction })
}

/// The package of a story, and how its models are read.
pub(crate) fn located(engine: Dialect, story: &Story) -> (Package, Located) {
    let package = Package::new(engine, &story.expect);
    let manifest_path = Some(package.path().join("Cargo.toml"));
    let located = locate(&Request { manifest_path, ..Request::default() });
    (package, located.expect("the package is set up"))
}

/// MariaDB, unless the story says otherwise.
fn flavour(story: &Story) -> Flavour {
    match story.expect.flavour.as_deref() {
        Some("mysql") => Flavour::Mysql,
        Some(_) | None => Flavour::Mariadb,
    }
}

/// The oldest server that the story is for.
pub(crate) fn minimum(story: &Story) -> (u16, u16, u16) {
    let Some(text) = &story.expect.minimum_server else { return Target::new(story.engine).minimum };
    let mut parts = text.split('.').map(|part| part.parse().expect("a release is of numbers"));
    let mut part = || parts.next().unwrap_or_default();
    (part(), part(), part())
}
