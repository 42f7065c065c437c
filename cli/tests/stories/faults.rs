//! The process is killed at every boundary between two statements of a migration: the database is as it was
//! or as it was to become, and the next `upgrade` leads there, with every row.

use std::io::{Write, stderr};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel_autogen_evolve::script::read;
use diesel_autogen_schema::Dialect;

use crate::engine::{Live, Rows};
use crate::laws::{flags, prepare};
use crate::package::Package;
use crate::story::Story;

type Result<T = ()> = std::result::Result<T, String>;

/// Stories with rows that hold a kind of step each.
const CHOSEN: [&str; 20] = [
    "checks::add_on_column",
    "columns::add_with_backfill",
    "columns::merge_into_required",
    "columns::rename_and_retype",
    "columns::swap",
    "defaults::keeps_children",
    "enums::label_merged",
    "enums::label_removed_unused",
    "foreign_keys::parent_rebuilt_under_cascade",
    "foreign_keys::text_replaced_by_reference",
    "generated::to_plain",
    "indexes::on_renamed_column",
    "keys::single_to_composite",
    "nullability::require_keeps_children",
    "ordering::all_at_once",
    "ordering::tables_swap_names",
    "rebuilds::children_still_refer_to_it",
    "rebuilds::several_tables",
    "tables::part_of_another_row",
    "types::keeps_children",
];

/// Whether the story is one of those whose migrations are killed.
pub(crate) fn is_chosen(story: &Story) -> bool {
    CHOSEN.contains(&&*format!("{}::{}", story.topic, story.name))
}

/// A statement that takes longer than anybody waits here. What SQLite has to sort there, it soon
/// puts into a file, which nothing that it does before needs.
fn pause(engine: Dialect) -> &'static str {
    match engine {
        Dialect::Sqlite => {
            "SELECT randomblob(200) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 \
             FROM n LIMIT 1000000000) SELECT i FROM n) ORDER BY 1;"
        }
        Dialect::Postgres => "SELECT pg_sleep(600);",
        Dialect::Mysql => "SELECT sleep(600);",
    }
}

/// A database in a state, as far as anybody can see it.
#[derive(Debug, PartialEq, Eq)]
struct State {
    dump: String,
    rows: Rows,
}

fn state(live: &mut Live) -> Result<State> {
    let mut rows = live.rows()?;
    rows.retain(|table, _| !table.starts_with("__diesel"));
    Ok(State { dump: live.dump()?, rows })
}

/// A migration, and a package that has it as its last.
struct Fault<'a> {
    story: &'a Story,
    package: &'a Package,
    /// How many there are before it.
    before: usize,
    /// The file of its statements, in the package.
    file: String,
    up: String,
}

/// Kills the story's migration wherever it can be.
pub(crate) fn check(story: &Story) -> Result {
    let package = Package::new(story.engine, &story.expect);
    let before = prepare(&package, story, &story.before)?.revisions.len();
    package.write("src/lib.rs", &story.after);
    let output = package.generate_unproved("follow the story", &flags(story));
    if output.code != 0 {
        return Err(format!("{}{}", output.stdout, output.stderr));
    }
    let revision = package.revisions().pop().expect("it was just written");
    let file = format!("migrations/{}/up.sql", revision.name);
    let fault = Fault { story, package: &package, before, file, up: revision.up };
    let mut done = fault.seeded("done")?;
    done.up(1)?;
    let new = state(&mut done)?;
    let lines: Vec<usize> = read(&fault.up, story.engine).iter().map(|it| it.line).collect();
    let end = fault.up.lines().count() + 1;
    let mut kills = 0;
    for line in lines.into_iter().chain([end]) {
        kills += 1;
        fault
            .killed_at(line, &new)
            .map_err(|error| format!("killed before line {line}: {error}"))?;
    }
    let (engine, topic, name) = (story.engine.name(), &story.topic, &story.name);
    let _ = writeln!(stderr(), "{engine}::faults::{topic}::{name}: killed {kills} times");
    Ok(())
}

impl Fault<'_> {
    /// A database with rows that waits for the migration.
    fn seeded(&self, name: &str) -> Result<Live> {
        let mut live = Live::open(self.package, name);
        live.up(self.before)?;
        self.story.expect.rows.iter().try_for_each(|sql| live.execute(sql))?;
        Ok(live)
    }

    /// Kills the program before this line, and runs it again.
    fn killed_at(&self, line: usize, new: &State) -> Result {
        let mut live = self.seeded(&format!("killed_{line}"))?;
        let old = state(&mut live)?;
        self.package.write(&self.file, &self.with_pause(line));
        let mut child = self.upgrade(&live);
        let paused = is_pausing(&mut live, &child);
        child.kill().expect("a child that can be killed");
        let status = child.wait().expect("a child that ends");
        self.package.write(&self.file, &self.up);
        if !paused {
            return Err(format!("it ended before: {status}"));
        }
        live.forget_the_dead()?;
        let found = state(&mut live)?;
        if found != old && found != *new && self.story.engine != Dialect::Mysql {
            return Err(format!("neither the old state nor the new one:\n{found:#?}"));
        }
        let output = self.upgrade(&live).wait_with_output().map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let found = state(&mut live)?;
        if found == *new { Ok(()) } else { Err(format!("not as it was to become:\n{found:#?}")) }
    }

    fn with_pause(&self, line: usize) -> String {
        let mut lines: Vec<&str> = self.up.lines().collect();
        lines.insert(line - 1, pause(self.story.engine));
        lines.join("\n")
    }

    fn upgrade(&self, live: &Live) -> Child {
        Command::new(env!("CARGO_BIN_EXE_diesel-autogen"))
            .args(["upgrade", "--database-url", live.url()])
            .current_dir(self.package.path())
            .env_remove("DATABASE_URL")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs")
    }
}

/// Waits until the program is in the pause; `false` when it ended, or does not get there.
fn is_pausing(live: &mut Live, child: &Child) -> bool {
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline {
        match live.is_pausing(child.id()) {
            Some(true) => return true,
            Some(false) => sleep(Duration::from_millis(10)),
            None => return false,
        }
    }
    false
}
