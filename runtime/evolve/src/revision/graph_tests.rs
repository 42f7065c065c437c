use diesel_autogen_schema::{Action, Record};

use super::tests::{by_hand, generated, line, names, slugs};
use super::*;

fn history(revisions: Vec<Revision>) -> History {
    History::new(revisions).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// `one`, on which `left` with `left2` and `right` were built in parallel; `merged` when asked.
fn fork(merged: bool) -> History {
    let mut revisions = vec![
        generated("1_one", &[]),
        generated("2_left", &["1"]),
        generated("3_right", &["1"]),
        generated("4_left2", &["2"]),
    ];
    if merged {
        revisions.push(generated("5_both", &["3", "4"]));
    }
    history(revisions)
}

fn errors(revisions: Vec<Revision>) -> Vec<String> {
    History::new(revisions).unwrap_err().iter().map(HistoryError::to_string).collect()
}

fn versions(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn branches_are_told_by_parents() {
    let forked = fork(false);
    assert_eq!(slugs(forked.heads()), ["right", "left2"]);
    assert_eq!(slugs(forked.branch_points()), ["one"]);
    assert_eq!(slugs(forked.roots()), ["one"]);
    let one = forked.get("1").unwrap();
    assert_eq!(slugs(forked.children(one)), ["left", "right"]);
    assert_eq!(slugs(forked.descendants(forked.get("2").unwrap())), ["left", "left2"]);
    assert_eq!(slugs(forked.ancestors(&[forked.get("4").unwrap()])), ["one", "left", "left2"]);
    assert!(forked.are_in_line(one, forked.get("4").unwrap()));
    assert!(!forked.are_in_line(forked.get("3").unwrap(), forked.get("4").unwrap()));
    let merged = fork(true);
    assert_eq!(slugs(merged.heads()), ["both"]);
    assert_eq!(slugs(merged.ancestors(&merged.heads())).len(), 5);
    assert!(History::default().heads().is_empty() && History::default().roots().is_empty());
}

#[test]
fn by_hand_stands_in_its_line_and_hides_no_other_head() {
    let forked = history(vec![
        generated("1_one", &[]),
        generated("2_left", &["1"]),
        by_hand("3_by_hand"),
        generated("4_right", &["1"]),
    ]);
    assert_eq!(slugs(forked.heads()), ["by_hand", "right"]);
    let mut learned = forked.revisions().to_vec();
    learned[2].records = Some(Vec::new());
    assert_eq!(slugs(history(learned).recorded_heads()), ["by_hand", "right"]);

    let mut late = history(vec![
        by_hand("1_first"),
        generated("2_one", &[]),
        by_hand("3_by_hand"),
        by_hand("4_by_hand_too"),
        generated("5_two", &["2"]),
    ]);
    assert_eq!(late.parents(late.get("2").unwrap()), ["1"]);
    assert_eq!(late.parents(late.get("5").unwrap()), ["4"]);
    assert_eq!(slugs(late.heads()), ["two"]);
    late.revisions[2].records = Some(Vec::new());
    assert_eq!(slugs(late.recorded_heads()), ["two"]);
}

#[test]
fn circles_missing_parents_and_renamed_directories_are_told_apart() {
    let texts =
        errors(vec![generated("1_a", &["3"]), generated("2_b", &["1"]), generated("3_c", &["2"])]);
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(texts[0].starts_with("`1_a`, `3_c`, `2_b` follow each other in a circle"), "{texts:?}");
    let texts = errors(vec![generated("1_a", &["1"]), generated("2_b", &["1"])]);
    assert!(texts[0].starts_with("`1_a/metadata.toml` follows itself"), "{texts:?}");
    assert_eq!(texts.len(), 1);
    let texts = errors(vec![generated("2_b", &["1"]), generated("3_c", &["2"])]);
    assert_eq!(texts.len(), 1);
    assert!(texts[0].contains("follows revision 1, which is not on disk"), "{texts:?}");
    let mut renamed = generated("25_b", &["1"]);
    renamed.recorded_version = Some("2".into());
    let texts = errors(vec![generated("1_a", &[]), renamed, generated("3_c", &["2"])]);
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(texts[0].starts_with("`25_b` was generated as revision 2"), "{texts:?}");
    // Two circles that share a revision, and one that stands alone.
    let texts = errors(vec![
        generated("1_a", &["2", "3"]),
        generated("2_b", &["1"]),
        generated("3_c", &["1"]),
        generated("4_d", &["3", "5"]),
        generated("5_e", &["4"]),
    ]);
    assert_eq!(texts.len(), 3, "{texts:?}");
}

#[test]
fn places_are_counted_from_anywhere() {
    let history = line();
    let at = |address: &str, applied: usize| {
        let applied: Vec<String> =
            history.revisions()[..applied].iter().map(|it| it.version.clone()).collect();
        match history.locate(address, Some(&applied)).map_err(|error| error.to_string()) {
            Ok(Spot::Base) => "base".to_owned(),
            Ok(Spot::Heads) => "heads".to_owned(),
            Ok(Spot::At(revision)) => revision.slug.clone(),
            Ok(Spot::Before { first, .. }) => format!("before {}", first.slug),
            Err(error) => error,
        }
    };
    for (address, applied, expected) in [
        ("base", 2, "base"),
        ("heads", 2, "heads"),
        ("head", 0, "three"),
        ("head-1", 0, "two"),
        ("head-3", 0, "base"),
        ("base+2", 0, "two"),
        ("heads-2", 0, "one"),
        ("one+2", 0, "three"),
        ("three-2", 3, "one"),
        ("2026-01-01-000000+1", 0, "two"),
        ("2026-03-01-000000-1", 0, "two"),
        ("current", 2, "two"),
        ("current", 0, "base"),
        ("current+1", 2, "three"),
        ("-1", 2, "one"),
        ("+1", 2, "three"),
        ("-2", 2, "base"),
    ] {
        assert_eq!(at(address, applied), expected, "{address}");
    }
    for (address, expected) in [
        ("head+1", "`head+1` goes too far: there is no revision that way"),
        ("two-3", "`two-3` goes too far: there are only 2 revisions that way"),
        // The fourth of February, and not four before February.
        ("2026-02-04", "no revision is called `2026-02-04`"),
        ("two-0", "`two-0` is no number of revisions"),
        ("haed", "no revision is called `haed`; did you mean `head`?"),
        ("twoo", "no revision is called `twoo`; did you mean `2026-02-01-000000_two`?"),
    ] {
        assert!(at(address, 0).starts_with(expected), "{}", at(address, 0));
    }
    let error = history.locate("-1", None).unwrap_err().to_string();
    assert!(error.starts_with("what is current depends on the database"), "{error}");
    let error = history.find("base").unwrap_err().to_string();
    assert!(error.starts_with("`base` is the base, where there is no revision"), "{error}");
    assert!(fork(false).find("heads-1").unwrap_err().to_string().starts_with("there are 2 heads"));
}

#[test]
fn walks_of_a_branch_leave_the_other_alone() {
    let forked = fork(false);
    let up = |applied: &str, to: &str| names(forked.upgrade_path(&versions(applied), to));
    let down = |applied: &str, to: &str| names(forked.downgrade_path(&versions(applied), to));
    assert_eq!(up("", "left2").unwrap(), ["one", "left", "left2"]);
    assert_eq!(up("1", "right").unwrap(), ["right"]);
    assert_eq!(up("", "heads").unwrap(), ["one", "left", "right", "left2"]);
    assert_eq!(up("1 2", "+1").unwrap(), ["right"]);
    assert!(up("", "head").unwrap_err().starts_with("there are 2 heads"));
    assert!(up("1 2 4", "left").unwrap_err().starts_with("the database is past"));
    assert_eq!(up("", "one-1").unwrap(), [""; 0]);
    assert!(up("1", "one-1").unwrap_err().starts_with("upgrade cannot go to"));
    assert_eq!(down("1 2 3 4", "left").unwrap(), ["left2"]);
    assert_eq!(down("1 2 3 4", "one").unwrap(), ["left2", "right", "left"]);
    assert_eq!(down("1 2 3 4", "-2").unwrap(), ["left2", "right"]);
    assert_eq!(down("1 2 3", "right").unwrap(), [""; 0]);
    assert!(down("1 2", "right").unwrap_err().contains("is not applied"));

    // What stays must not concern what goes.
    let mut revisions = forked.revisions().to_vec();
    if let Some([Record::CreateTable(table)]) = revisions[2].records.as_deref_mut() {
        *table = table.clone().references("id", "t2", Action::NoAction);
    }
    revisions.push(generated("0_zero", &[]));
    revisions[1].parents = Some(vec!["1".into()]);
    let entangled = history(revisions);
    let path = entangled.downgrade_path(&versions("1 2 3"), "one");
    assert_eq!(names(path).unwrap(), ["right", "left"]);
    let mut revisions = entangled.revisions().to_vec();
    revisions.push(generated("15_early", &["1"]));
    revisions.iter_mut().find(|it| it.version == "2").unwrap().parents = Some(vec!["15".into()]);
    let path = history(revisions.clone());
    let error = path.downgrade_path(&versions("1 15 2 3"), "early").unwrap_err().to_string();
    assert!(error.starts_with("`3_right` was done in parallel and would stay"), "{error}");
}

#[test]
fn footprints_are_apart_when_neither_writes_what_the_other_concerns() {
    let forked = fork(false);
    let of = |version: &str| Footprint::of(forked.get(version).unwrap());
    assert!(of("2").is_apart(&of("3")));
    assert_eq!(of("2").writes.into_iter().collect::<Vec<_>>(), ["table t2"]);
    assert!(!of("2").is_apart(&of("2")));
    assert!(!of("2").is_apart(&Footprint::of(&by_hand("7_hand"))));
}

#[test]
fn ranges_hold_both_ends() {
    let history = line();
    let two = [history.revisions()[0].version.clone(), history.revisions()[1].version.clone()];
    let of = |range: &str| names(history.range(range, Some(&two)));
    for (range, expected) in [
        ("one:two", &["one", "two"][..]),
        ("one:", &["one", "two", "three"]),
        (":two", &["one", "two"]),
        (":", &["one", "two", "three"]),
        ("two", &["one", "two"]),
        ("base:head", &["one", "two", "three"]),
        ("-1:current", &["one", "two"]),
        ("-1:head", &["two", "three"]),
        ("current:", &["two", "three"]),
        ("one:+1", &["one", "two"]),
        ("base:+1", &["one"]),
        ("heads:heads", &["three"]),
        ("base:base", &[]),
    ] {
        assert_eq!(of(range).unwrap(), expected, "{range}");
    }
    assert!(of("two:one").unwrap_err().starts_with("`two:one` is no range"));
    assert!(of("-9:current").unwrap_err().contains("goes too far"));
    assert!(of("one:nope").unwrap_err().starts_with("no revision is called `nope`"));
    let forked = fork(false);
    assert_eq!(names(forked.range("left:", None)).unwrap(), ["left", "left2"]);
    assert_eq!(names(forked.range("1:3", None)).unwrap(), ["one", "right"]);
    assert!(forked.range("left:right", None).is_err());
}

#[test]
fn late_revisions_are_told_from_pending_ones() {
    let late = |history: &History, applied: &str| -> Vec<(String, String, bool)> {
        let found = history.late(&versions(applied));
        let texts = |it: &Late<'_>| (it.revision.slug.clone(), it.after.slug.clone(), it.is_merged);
        found.iter().map(texts).collect()
    };
    let row = |late: &str, after: &str, merged| (late.to_owned(), after.to_owned(), merged);
    assert_eq!(late(&fork(false), ""), []);
    assert_eq!(late(&fork(false), "1 2"), []);
    assert_eq!(late(&fork(false), "1 3"), [row("left", "right", false)]);
    let both = [row("left", "right", true)];
    assert_eq!(late(&fork(true), "1 3"), both);
    // One that others follow which are applied is a hole, whatever was merged later.
    let hole = [row("left", "left2", false)];
    assert_eq!(late(&fork(true), "1 3 4"), hole);
    assert_eq!(late(&fork(false), "3"), [row("one", "right", false), row("left", "right", false)]);
    assert_eq!(slugs(fork(false).reached(&versions("1 2 3"))), ["left", "right"]);
    assert_eq!(slugs(fork(true).reached(&versions("1 2 3 4 5"))), ["both"]);
    assert_eq!(slugs(fork(true).leading_to(&[fork(true).get("3").unwrap()]).heads()), ["right"]);
}
