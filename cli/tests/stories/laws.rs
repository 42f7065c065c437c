use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::sql::{self, Kind};

use crate::engine::{Live, Rows};
use crate::golden;
use crate::package::{Output, Package, Revision};
use crate::records;
use crate::shuffle::shuffled;
use crate::story::Story;

pub(crate) type Result<T = ()> = std::result::Result<T, String>;

/// Runs the story under every law, which must not hold while it tells of a fault.
pub(crate) fn check(story: &Story) -> Result {
    match (&story.expect.fault, laws(story)) {
        (None, result) => result,
        (Some(_), Err(_)) => Ok(()),
        (Some(fault), Ok(())) => {
            Err(format!("every law holds now: take the fault away from the story: {fault}"))
        }
    }
}

fn laws(story: &Story) -> Result {
    let package = package_of(story);
    let before = prepare(&package, story, &story.before)?;
    package.write("src/lib.rs", &story.after);
    let output = package.generate("follow the story", &flags(story));
    if let Some(code) = story.expect.refused {
        return refused(story, &package, &output, code, &before);
    }
    if story.expect.unchanged {
        expect(&output, 0)?;
        // What a person wrote is learned and noted, which is no new revision.
        let mut found = package.revisions();
        if story.expect.hand_written.is_some() {
            for (now, was) in found.iter_mut().zip(&before.revisions) {
                now.metadata.clone_from(&was.metadata);
            }
        }
        same(&found, &before.revisions, "nothing to write, but it wrote")?;
        let mut live = Live::open(&package, "story");
        live.up(found.len())?;
        return unchanged(&package, &live);
    }
    expect(&output, 0)?;
    let revisions = package.revisions();
    if revisions.len() != before.revisions.len() + 1 {
        return Err(format!("one revision was expected:\n{}{}", output.stdout, output.stderr));
    }
    let revision = revisions.last().expect("it was just counted");
    golden::compare(story, golden::revision(&package, revision, &before.snapshot));
    drops_alone(story, revision)?;
    records::turn_round(&revisions, &package.snapshot())?;
    settled(&package)?;
    applied(story, &package, revisions.len(), revision)?;
    order_of_declaration(story, &package, revision)
}

pub(crate) fn package_of(story: &Story) -> Package {
    Package::new(story.engine, &story.expect)
}

/// What was there before the change was generated.
pub(crate) struct Before {
    pub(crate) revisions: Vec<Revision>,
    snapshot: String,
}

pub(crate) fn prepare(package: &Package, story: &Story, models: &str) -> Result<Before> {
    package.write("src/lib.rs", models);
    expect(&package.generate_unproved("set up the models", &[]), 0)?;
    if let Some(up) = &story.expect.hand_written {
        package.hand_write(up, story.expect.hand_written_down.as_deref().unwrap_or(""));
    }
    Ok(Before { revisions: package.revisions(), snapshot: package.snapshot() })
}

pub(crate) fn flags(story: &Story) -> Vec<String> {
    let flag = |name: &str, list: &[String]| -> Vec<String> {
        list.iter().flat_map(|it| [name.to_owned(), it.clone()]).collect()
    };
    let mut flags = flag("--allow-loss", &story.expect.allow_loss);
    flags.extend(flag("--rename", &story.expect.rename));
    flags.extend(flag("--retire", &story.expect.retire));
    flags
}

pub(crate) fn expect(output: &Output, code: i32) -> Result {
    if output.code == code {
        return Ok(());
    }
    let Output { code: found, stdout, stderr } = output;
    Err(format!("exit {found} where {code} was expected:\n{stdout}{stderr}"))
}

fn same<T: PartialEq + std::fmt::Debug>(found: &T, expected: &T, what: &str) -> Result {
    if found == expected {
        return Ok(());
    }
    let lines = |it: &T| format!("{it:#?}");
    let diff = similar::TextDiff::from_lines(lines(expected), lines(found))
        .unified_diff()
        .header("expected", "found")
        .to_string();
    Err(format!("{what}:\n{diff}"))
}

pub(crate) fn same_text(found: &str, expected: &str, what: &str) -> Result {
    if found == expected {
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(expected, found);
    Err(format!("{what}:\n{}", diff.unified_diff().header("expected", "found")))
}

fn refused(story: &Story, package: &Package, output: &Output, code: i32, was: &Before) -> Result {
    expect(output, code)?;
    same(&package.revisions(), &was.revisions, "refused, but revisions changed")?;
    same_text(&package.snapshot(), &was.snapshot, "refused, but the snapshot changed")?;
    golden::compare(story, golden::refusal(package, output));
    Ok(())
}

/// What rests on something is named before it goes, and is never dropped along with it.
fn drops_alone(story: &Story, revision: &Revision) -> Result {
    for script in [&revision.up, &revision.down] {
        let all = sql::tokens(script, story.engine);
        let words: Vec<&str> = all.filter(|it| it.kind != Kind::Space).map(|it| it.text).collect();
        let along = words.windows(2).find(|pair| {
            let of_a_key = ["DELETE", "UPDATE"].contains(&pair[0]);
            pair[1].eq_ignore_ascii_case("cascade") && !of_a_key
        });
        if let Some([before, cascade]) = along {
            return Err(format!("`{before} {cascade}` in\n{script}"));
        }
    }
    Ok(())
}

/// A second `generate` writes nothing, and `verify` is content.
fn settled(package: &Package) -> Result {
    let state = package.state();
    let again = package.generate("follow the story again", &[]);
    expect(&again, 0)?;
    same(&package.state(), &state, "a second generate wrote something")?;
    expect(&package.run(&["verify"]), 0)
}

/// `check` finds no difference between the models and the snapshot, nor between a database that
/// nobody changed and its revisions; and that database holds nothing besides.
fn unchanged(package: &Package, live: &Live) -> Result {
    let output = package.run(&["check", "--database", live.url()]);
    expect(&output, 0)?;
    match output.stdout.contains("in the database besides") {
        true => Err(format!("nobody put anything there:\n{}", output.stdout)),
        false => Ok(()),
    }
}

/// Up, down and up again on a database with rows, beside one that is built afresh.
fn applied(story: &Story, package: &Package, count: usize, revision: &Revision) -> Result {
    let mut live = Live::open(package, "story");
    live.up(count - 1)?;
    for sql in &story.expect.rows {
        live.execute(sql)?;
    }
    let dump_before = live.dump()?;
    let rows_before = live.rows()?;
    let violations = live.violations()?;
    let needs_several = fails_in_one(story, &mut live, &revision.up)?;
    live.up(1)?;
    demands_several(
        story,
        revision,
        needs_several || fails_in_one(story, &mut live, &revision.down)?,
    )?;
    let dump_after = live.dump()?;
    same_text(&live.violations()?, &violations, "foreign keys do not hold after up")?;
    answers(&mut live, &story.expect.after_up, "after up")?;
    // A fresh database never had what is retired.
    if story.expect.hand_written.is_none() && story.expect.retire.is_empty() {
        same_text(&dump_after, &built(story)?, "up does not give what a fresh database has")?;
    }
    if let Some(message) = &story.expect.down_fails {
        unchanged(package, &live)?;
        return stuck(&mut live, message);
    }
    live.down()?;
    same_text(&live.dump()?, &dump_before, "down does not give the database back")?;
    same_text(&live.violations()?, &violations, "foreign keys do not hold after down")?;
    survived(story, &rows_before, &live.rows()?)?;
    answers(&mut live, &story.expect.after_down, "after down")?;
    live.up(1)?;
    same_text(&live.dump()?, &dump_after, "up again does not give the same database")?;
    unchanged(package, &live)
}

/// Whether PostgreSQL refuses a script in one transaction which begins some of its own.
fn fails_in_one(story: &Story, live: &mut Live, script: &str) -> Result<bool> {
    let own = |line: &&str| ["BEGIN;", "COMMIT;"].contains(line);
    if story.engine != Dialect::Postgres || !script.lines().any(|line| own(&line)) {
        return Ok(false);
    }
    let one: Vec<&str> = script.lines().filter(|line| !own(line)).collect();
    let failed = live.execute(&format!("BEGIN;\n{}", one.join("\n")));
    live.recover()?;
    Ok(failed.is_err_and(|error| error.contains("unsafe use of new value")))
}

/// A runner's transaction is done without exactly where PostgreSQL demands it.
fn demands_several(story: &Story, revision: &Revision, demanded: bool) -> Result {
    let without = revision.metadata.contains("run_in_transaction = false");
    if story.engine == Dialect::Postgres && without != demanded {
        return Err(format!(
            "transaction of its own: {without}, where the server needs it: {demanded}"
        ));
    }
    Ok(())
}

/// Down fails with the rows that are there, and leaves them and all else as they were.
fn stuck(live: &mut Live, message: &str) -> Result {
    let (dump, rows) = (live.dump()?, live.rows()?);
    let Err(error) = live.down() else { return Err("down was expected to fail".to_owned()) };
    if !error.contains(message) {
        return Err(format!("down was expected to fail with `{message}`:\n{error}"));
    }
    // A failing script may leave a setting or a transaction behind.
    live.recover()?;
    let mut now = live.rows()?;
    if live.commits_by_itself() {
        // What was done before stays, and no row is lost.
        now.retain(|table, _| rows.contains_key(table));
    } else {
        same_text(&live.dump()?, &dump, "down failed, but the database changed")?;
    }
    same(&now, &rows, "down failed, but rows changed")
}

/// The dump of a database that never knew the models before.
pub(crate) fn built(story: &Story) -> Result<String> {
    let fresh = package_of(story);
    fresh.write("src/lib.rs", &story.after);
    expect(&fresh.generate_unproved("set up the models", &[]), 0)?;
    let mut live = Live::open(&fresh, "fresh");
    live.up(fresh.revisions().len())?;
    live.dump()
}

pub(crate) fn answers(live: &mut Live, queries: &[(String, String)], when: &str) -> Result {
    for (sql, expected) in queries {
        same_text(&live.query(sql)?, expected, &format!("{when}, `{sql}`"))?;
    }
    Ok(())
}

/// Rows are as they were after down, except where the story allowed a loss or says what they become.
pub(crate) fn survived(story: &Story, before: &Rows, after: &Rows) -> Result {
    let lost = |table: &str, of_columns: bool| {
        let within = format!("{table}.");
        story
            .expect
            .allow_loss
            .iter()
            .any(|it| it == table || of_columns && it.starts_with(&within))
    };
    let counts = |rows: &Rows| -> Vec<(String, usize)> {
        let kept = rows.iter().filter(|(table, _)| !lost(table, false));
        kept.map(|(table, lines)| (table.clone(), lines.len())).collect()
    };
    same(&counts(after), &counts(before), "rows were lost after down")?;
    if story.expect.after_down.is_empty() {
        let kept = |rows: &Rows| -> Rows {
            let kept = rows.iter().filter(|(table, _)| !lost(table, true));
            kept.map(|(table, lines)| (table.clone(), lines.clone())).collect()
        };
        let what = "rows differ after down; if that is right, say so in `after_down`";
        same(&kept(after), &kept(before), what)?;
    }
    Ok(())
}

/// Shuffled declarations give the same bytes.
fn order_of_declaration(story: &Story, package: &Package, revision: &Revision) -> Result {
    let other = package_of(story);
    // Each story has an order of its own, and always the same.
    let seed = story.name.bytes().map(u64::from).sum();
    prepare(&other, story, &shuffled(&story.before, seed))?;
    other.write("src/lib.rs", &shuffled(&story.after, seed));
    // What a person wrote is learned on a server.
    let output = match story.expect.hand_written {
        Some(_) => other.generate("follow the story", &flags(story)),
        None => other.generate_unproved("follow the story", &flags(story)),
    };
    expect(&output, 0)?;
    let revisions = other.revisions();
    let own = revisions.last().ok_or("the shuffled story has no revision")?;
    let what = "declared in another order, it";
    same_text(&own.up, &revision.up, &format!("{what} gives another up.sql"))?;
    same_text(&own.down, &revision.down, &format!("{what} gives another down.sql"))?;
    let metadata = |it: &Revision| golden::stable(&it.metadata);
    same_text(&metadata(own), &metadata(revision), &format!("{what} gives another metadata.toml"))?;
    let snapshot = |package: &Package| golden::stable(&package.snapshot());
    same_text(&snapshot(&other), &snapshot(package), &format!("{what} gives another schema.toml"))
}
