use diesel_autogen_schema::{Column, Record, SqlType, Table};

use super::*;

/// A revision that creates table `t<version>` after `parents`.
pub(super) fn generated(dir_name: &str, parents: &[&str]) -> Revision {
    let mut table = Table::new(format!("t{}", version(dir_name)).into());
    table.columns = vec![Column::new("id".into(), SqlType::BigInt)].into();
    table.primary_key = vec!["id".into()].into();
    let up_sql = "SELECT 1;\n".to_owned();
    let down_sql = "SELECT 2;\n".to_owned();
    Revision {
        version: version(dir_name),
        slug: slug(dir_name).to_owned(),
        dir_name: dir_name.to_owned(),
        recorded_version: None,
        message: None,
        parents: Some(parents.iter().map(|it| (*it).to_owned()).collect()),
        replaces: Vec::new(),
        by_hand: false,
        phase: None,
        transaction: true,
        up_checksum: Some(checksum(&up_sql)),
        down_checksum: Some(checksum(&down_sql)),
        records: Some(vec![Record::CreateTable(table)]),
        up_sql,
        down_sql: Some(down_sql),
    }
}

pub(super) fn by_hand(dir_name: &str) -> Revision {
    Revision::read(dir_name, "SELECT 1;".into(), Some("SELECT 2;".into()), None)
        .unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn line() -> History {
    History::new(vec![
        generated("2026-03-01-000000_three", &["20260201000000"]),
        generated("2026-01-01-000000_one", &[]),
        generated("2026-02-01-000000_two", &["20260101000000"]),
    ])
    .unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn applied(count: usize) -> Vec<String> {
    line().revisions()[..count].iter().map(|it| it.version.clone()).collect()
}

pub(super) fn names(path: Result<Vec<&Revision>, AddressError>) -> Result<Vec<String>, String> {
    path.map(|path| path.iter().map(|it| it.slug.clone()).collect()).map_err(|e| e.to_string())
}

pub(super) fn slugs(revisions: Vec<&Revision>) -> Vec<&str> {
    revisions.iter().map(|it| it.slug.as_str()).collect()
}

#[test]
fn order_is_that_of_version_strings() {
    let history = History::new(vec![by_hand("3_last"), by_hand("2026-01-01-000000_first")]);
    let history = history.unwrap_or_else(|errors| panic!("{errors:?}"));
    assert_eq!(slugs(history.revisions().iter().collect()), ["first", "last"]);
    assert_eq!(history.parents(&history.revisions()[1]), ["20260101000000"]);
    assert_eq!(slugs(history.heads()), ["last"]);
}

#[test]
fn two_directories_of_one_version_are_named() {
    let errors = History::new(vec![by_hand("2026-01-01-000000_b"), by_hand("20260101000000_a")]);
    let text = errors.unwrap_err()[0].to_string();
    assert!(text.starts_with("`2026-01-01-000000_b` and `20260101000000_a` share"), "{text}");
}

#[test]
fn parents_must_be_there_and_older() {
    let errors = History::new(vec![
        generated("2026-01-01-000000_one", &["20260201000000"]),
        generated("2026-02-01-000000_two", &["20250101000000"]),
    ])
    .unwrap_err();
    let texts: Vec<String> = errors.iter().map(HistoryError::to_string).collect();
    assert_eq!(texts.len(), 2);
    assert!(texts[0].contains("`2026-02-01-000000_two`, but Diesel runs that one later"));
    assert!(texts[1].contains("revision 20250101000000, which is not on disk"));
}

#[test]
fn heads_are_what_none_follows() {
    assert_eq!(slugs(line().heads()), ["three"]);
    let forked = History::new(vec![
        generated("2026-01-01-000000_one", &[]),
        generated("2026-02-01-000000_left", &["20260101000000"]),
        generated("2026-02-02-000000_right", &["20260101000000"]),
    ])
    .unwrap();
    assert_eq!(slugs(forked.heads()), ["left", "right"]);
    assert_eq!(slugs(forked.recorded_heads()), ["left", "right"]);
    let error = forked.find("head").unwrap_err().to_string();
    assert!(error.starts_with("there are 2 heads, `2026-02-01-000000_left`"), "{error}");
}

#[test]
fn a_revision_by_hand_takes_its_place_in_the_line() {
    let history = History::new(vec![
        generated("2026-01-01-000000_one", &[]),
        by_hand("2026-01-15-000000_by_hand"),
        generated("2026-02-01-000000_two", &["20260101000000"]),
    ])
    .unwrap();
    assert_eq!(slugs(history.heads()), ["two"]);
    assert_eq!(slugs(history.unlearned().collect()), ["by_hand"]);

    let history = History::new(vec![
        generated("2026-01-01-000000_one", &[]),
        by_hand("2026-01-15-000000_by_hand"),
    ])
    .unwrap();
    assert_eq!(slugs(history.heads()), ["by_hand"]);
    assert_eq!(slugs(history.recorded_heads()), ["one"]);
}

#[test]
fn replay_gives_the_schema_after_each_revision() {
    let history = line();
    let states = history.replay().unwrap();
    let counts: Vec<usize> = states.iter().map(|it| it.schema.tables.len()).collect();
    assert_eq!(counts, [1, 2, 3]);
    assert_eq!(states[2].schema, history.schema().unwrap());
    assert_eq!(states[1].changes.len(), 1);

    let mut twice = line().revisions().to_vec();
    twice[1].records = twice[0].records.clone();
    let twice = History::new(twice).unwrap();
    let text = twice.replay().unwrap_err().to_string();
    assert!(text.starts_with("`2026-02-01-000000_two/metadata.toml` does not fit"), "{text}");
    assert_eq!(twice.schema().unwrap_err().to_string(), text);
}

#[test]
fn revisions_are_found_by_any_part_of_their_name() {
    let history = line();
    for address in
        ["20260201000000", "2026-02-01-000000", "2026-02", "202602", "two", "2026-02-01-000000_two"]
    {
        assert_eq!(history.find(address).map(|it| it.slug.as_str()), Ok("two"), "{address}");
    }
    assert_eq!(history.find("head").map(|it| it.slug.as_str()), Ok("three"));
    let error = history.find("2026").unwrap_err().to_string();
    assert!(error.starts_with("`2026` is the beginning of 3 revisions"), "{error}");
    let error = history.find("thre").unwrap_err().to_string();
    assert_eq!(error, "no revision is called `thre`; did you mean `2026-03-01-000000_three`?");
    let error = history.find("zzz").unwrap_err().to_string();
    assert_eq!(error, "no revision is called `zzz`: list them with diesel-autogen history");
    assert!(matches!(History::default().find("head"), Err(AddressError::Empty)));
    assert!(history.find("").is_err() && history.find("-").is_err());
}

#[test]
fn where_there_is_no_revision_nothing_is_to_be_done() {
    let empty = History::default();
    for address in ["head", "heads", "current"] {
        assert_eq!(empty.upgrade_path(&[], address), Ok(Vec::new()), "{address}");
    }
    assert_eq!(empty.downgrade_path(&[], "base"), Ok(Vec::new()));
    for address in ["head", "base", "current"] {
        assert_eq!(empty.locate(address, Some(&[])), Ok(Spot::Base));
    }
    for range in ["base:head", ":", "base:", ":head", "base:current"] {
        assert_eq!(empty.range(range, Some(&[])), Ok(Vec::new()), "{range}");
    }
    assert!(empty.upgrade_path(&[], "two").unwrap_err().to_string().contains("no revision yet"));
}

#[test]
fn the_whole_version_wins_over_longer_ones() {
    let history = History::new(vec![by_hand("1_a"), by_hand("10_b")]).unwrap();
    assert_eq!(history.find("1").map(|it| it.slug.as_str()), Ok("a"));
}

#[test]
fn upgrades_walk_towards_the_head() {
    let history = line();
    let up = |count: usize, to: &str| names(history.upgrade_path(&applied(count), to));
    assert_eq!(up(0, "head").unwrap(), ["one", "two", "three"]);
    assert_eq!(up(1, "+1").unwrap(), ["two"]);
    assert_eq!(up(0, "two").unwrap(), ["one", "two"]);
    assert_eq!(up(3, "head").unwrap(), [""; 0]);
    assert_eq!(up(2, "two").unwrap(), [""; 0]);
    for (count, to, expected) in [
        (2, "+2", "only 1 revision is pending, so +2 goes too far"),
        (3, "+1", "no revision is pending"),
        (0, "+0", "`+0` is no number of revisions"),
        (0, "+x", "`+x` is no number of revisions"),
        (3, "one", "the database is past `2026-01-01-000000_one` already"),
        (3, "base", "upgrade cannot go to `base`"),
        (3, "-1", "upgrade cannot go to `-1`"),
    ] {
        let error = up(count, to).unwrap_err();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn downgrades_walk_towards_the_base() {
    let history = line();
    let down = |count: usize, to: &str| names(history.downgrade_path(&applied(count), to));
    assert_eq!(down(3, "base").unwrap(), ["three", "two", "one"]);
    assert_eq!(down(3, "-2").unwrap(), ["three", "two"]);
    assert_eq!(down(2, "-1").unwrap(), ["two"]);
    assert_eq!(down(3, "one").unwrap(), ["three", "two"]);
    assert_eq!(down(1, "one").unwrap(), [""; 0]);
    assert_eq!(down(0, "base").unwrap(), [""; 0]);
    for (count, to, expected) in [
        (2, "-3", "only 2 revisions are applied, so -3 goes too far"),
        (1, "two", "`2026-02-01-000000_two` is not applied"),
        (1, "head", "downgrade cannot go to `head`"),
        (1, "+1", "downgrade cannot go to `+1`"),
    ] {
        let error = down(count, to).unwrap_err();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn a_late_revision_is_pending_although_newer_ones_are_applied() {
    let history = line();
    let newest = [history.revisions()[2].version.clone()];
    assert_eq!(names(history.upgrade_path(&newest, "head")).unwrap(), ["one", "two"]);
    assert_eq!(names(history.upgrade_path(&newest, "one")).unwrap(), ["one"]);
}

#[test]
fn revisions_that_are_not_here_stop_both_ways() {
    let history = line();
    let strange = ["20990101000000".to_owned()];
    for result in [history.upgrade_path(&strange, "head"), history.downgrade_path(&strange, "-1")] {
        let error = result.unwrap_err().to_string();
        assert!(error.starts_with("the database has revision 20990101000000 that is not on disk"));
    }
}

#[test]
fn without_down_sql_nothing_is_reverted() {
    let mut revisions = line().revisions().to_vec();
    revisions[1].down_sql = None;
    let history = History::new(revisions).unwrap();
    let error = history.downgrade_path(&applied(3), "base").unwrap_err().to_string();
    assert!(error.starts_with("`2026-02-01-000000_two` has no down.sql"), "{error}");
    assert!(history.downgrade_path(&applied(3), "-1").is_ok());
}

#[test]
fn edited_sql_is_noticed() {
    let mut revision = generated("2026-01-01-000000_one", &[]);
    assert_eq!(revision.edited_files(), [""; 0]);
    revision.up_sql = revision.up_sql.replace('\n', "\r\n");
    assert_eq!(revision.edited_files(), [""; 0]);
    revision.up_sql.push_str("SELECT 2;");
    revision.down_sql = None;
    assert_eq!(revision.edited_files(), ["up.sql", "down.sql"]);
    assert_eq!(by_hand("1_a").edited_files(), [""; 0]);
}

#[test]
fn metadata_is_read_as_it_was_written() {
    let revision = generated("2026-01-01-000000_one", &["20250101000000"]);
    let mut metadata = revision.metadata();
    metadata.message = Some("a \"quoted\" message".into());
    for records in [metadata.records.clone(), Some(Vec::new()), None] {
        metadata.records = records;
        let text = metadata.write();
        assert_eq!(Metadata::read(&text).as_ref(), Ok(&metadata), "{text}");
        assert!(text.starts_with("run_in_transaction = true\n"), "{text}");
    }
    for phase in Phase::ALL {
        metadata.phase = Some(phase);
        let text = metadata.write();
        assert!(text.contains(&format!("phase = \"{phase}\"\n")), "{text}");
        assert_eq!(Metadata::read(&text).as_ref(), Ok(&metadata), "{text}");
    }
    metadata.by_hand = true;
    assert_eq!(Metadata::read(&metadata.write()), Ok(metadata));
    let by_hand = Metadata { transaction: false, ..Metadata::default() };
    assert_eq!(Metadata::read(&by_hand.write()), Ok(by_hand));
}

#[test]
fn metadata_that_is_not_understood_says_where() {
    let message = |text: &str| Metadata::read(text).unwrap_err().to_string();
    assert!(message("run_in_transaction = true\n[diesel_autogen\n").starts_with("line 2: "));
    assert!(message("run_in_transaction = 1").contains("must be true or false"));
    assert!(message("[diesel_autogen]\nparents = \"x\"").contains("a list of versions"));
    assert!(message("[diesel_autogen]\nphase = \"late\"").contains("`expand`, `migrate`"));
    assert!(message("[diesel_autogen]\nfuture = 1").contains("perhaps a newer"));
    let wrong = message("[[diesel_autogen.changes]]\ncreate_table = 1");
    assert!(wrong.contains("diesel_autogen.changes[0]"), "{wrong}");
}
