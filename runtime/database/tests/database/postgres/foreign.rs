//! Schemas that people wrote, made anew from their facts: see `fixtures/foreign/README.md`.

use std::path::{Path, PathBuf};

use diesel_autogen_database::{Dump, Scratch, Server};
use diesel_autogen_evolve::ownership::{learn, unmanaged};
use diesel_autogen_evolve::{Target, plan};
use diesel_autogen_schema::{Dialect, Live, Schema, diff};

use super::dump::of_catalogue;
use super::server;

/// The first release that has all that the schemas use.
const RELEASE: (u16, u16, u16) = (15, 0, 0);

struct Foreign {
    server: Server,
    folder: PathBuf,
}

impl Foreign {
    fn new(name: &str) -> Option<Foreign> {
        let server = server()?;
        let version = "SELECT current_setting('server_version_num')::int >= 150000";
        let knows = server.scratch().unwrap().rows(version).unwrap();
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/foreign").join(name);
        (knows[0][0].as_text() == Some("true")).then_some(Foreign { server, folder })
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.join(file)).unwrap()
    }

    fn made(&self, files: &[&str]) -> Scratch {
        let mut scratch = self.server.scratch().unwrap();
        for file in files {
            scratch.execute(&self.read(file), true).unwrap();
        }
        scratch
    }
}

fn state(scratch: &mut Scratch) -> (Live, [Dump; 2]) {
    (scratch.live().unwrap(), [scratch.dump().unwrap(), of_catalogue(scratch)])
}

/// That two texts are the same, told line by line.
fn same(found: &str, expected: &str, what: &str) {
    let only = |a: &str, b: &str| -> Vec<String> {
        let b: Vec<&str> = b.lines().collect();
        a.lines().filter(|line| !b.contains(line)).map(str::to_owned).collect()
    };
    let (more, less) = (only(found, expected), only(expected, found));
    assert!(found == expected, "{what}\nfound: {more:#?}\nexpected: {less:#?}");
}

fn round_trip(name: &str) {
    let Some(foreign) = Foreign::new(name) else { return };
    let (live, dumps) = state(&mut foreign.made(&["before.sql", "tables.sql", "after.sql"]));
    let told = unmanaged(&live.schema, &live).join("\n") + "\n";
    same(&told, &foreign.read("unmanaged.txt"), "what no fact models");

    let mut anew = foreign.made(&["before.sql"]);
    let (before, dumps_before) = state(&mut anew);
    let extensions = live.schema.extensions.clone();
    let base = Schema { extensions, ..Schema::EMPTY };
    let changes = diff(&base, &live.schema).unwrap();
    let target = Target { minimum: RELEASE, ..Target::new(Dialect::Postgres) };
    let plan = plan(&changes, &target, &before).unwrap();
    anew.execute(&plan.up_sql(), plan.transaction).unwrap();
    anew.execute(&foreign.read("after.sql"), true).unwrap();
    let (live_anew, dumps_anew) = state(&mut anew);
    for (found, expected) in live_anew.schema.tables.iter().zip(&live.schema.tables[..]) {
        assert_eq!(found, expected);
    }
    assert_eq!(live_anew, live);
    // As `check --database` compares a database with what its revisions make.
    let now = learn(&live.schema, &live_anew, &live);
    assert_eq!(diff(&live.schema, &now), Ok(Vec::new()));
    for (found, expected) in dumps_anew.iter().zip(&dumps) {
        same(&found.to_string(), &expected.to_string(), "the dump");
    }

    let mut back = foreign.made(&["before.sql"]);
    back.execute(&plan.up_sql(), plan.transaction).unwrap();
    back.execute(&plan.down_sql(), plan.transaction).unwrap();
    let (live_back, dumps_back) = state(&mut back);
    assert_eq!(live_back, before);
    for (found, expected) in dumps_back.iter().zip(&dumps_before) {
        same(&found.to_string(), &expected.to_string(), "the dump after down");
    }
}

#[test]
fn a_forum() {
    round_trip("forum");
}

#[test]
fn a_package_registry() {
    round_trip("registry");
}

#[test]
fn a_payment_processor() {
    round_trip("payments");
}

#[test]
fn a_federated_network() {
    round_trip("federation");
}

#[test]
fn a_content_store() {
    round_trip("content");
}

#[test]
fn a_job_queue() {
    round_trip("jobs");
}
