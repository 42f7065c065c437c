//! Schemas that people wrote, made anew from their facts: see `fixtures/foreign/README.md`.

use std::path::{Path, PathBuf};

use diesel_autogen_database::{Scratch, Server};
use diesel_autogen_evolve::ownership::unmanaged;

use super::server;

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

/// That two texts are the same, told line by line.
fn same(found: &str, expected: &str, what: &str) {
    let only = |a: &str, b: &str| -> Vec<String> {
        let b: Vec<&str> = b.lines().collect();
        a.lines().filter(|line| !b.contains(line)).map(str::to_owned).collect()
    };
    let (more, less) = (only(found, expected), only(expected, found));
    assert!(found == expected, "{what}\nfound: {more:#?}\nexpected: {less:#?}");
}

fn told_exactly(name: &str) {
    let Some(foreign) = Foreign::new(name) else { return };
    let live = foreign.made(&["before.sql", "tables.sql", "after.sql"]).live().unwrap();
    let told = unmanaged(&live.schema, &live).join("\n") + "\n";
    same(&told, &foreign.read("unmanaged.txt"), "what no fact models");
}

#[test]
fn a_forum() {
    told_exactly("forum");
}

#[test]
fn a_package_registry() {
    told_exactly("registry");
}

#[test]
fn a_payment_processor() {
    told_exactly("payments");
}

#[test]
fn a_federated_network() {
    told_exactly("federation");
}

#[test]
fn a_content_store() {
    told_exactly("content");
}

#[test]
fn a_job_queue() {
    told_exactly("jobs");
}
