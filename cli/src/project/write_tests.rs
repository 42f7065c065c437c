use super::*;
use crate::project::directory;

const OLD: &str = "old = true\n";
const LEARNED: &str = "run_in_transaction = true\n# learned\n";
const NEW: &str = "new = true\n";

fn migrations() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("1_a")).unwrap();
    fs::write(root.path().join("1_a/up.sql"), "SELECT 1;").unwrap();
    fs::write(root.path().join("schema.toml"), OLD).unwrap();
    root
}

fn changes(snapshot: Option<&str>) -> Changeset {
    let revision = NewRevision {
        dir_name: "2_b".into(),
        up_sql: "SELECT 2;".into(),
        down_sql: "SELECT 3;".into(),
        metadata: "run_in_transaction = true\n".into(),
    };
    let files = snapshot.into_iter().flat_map(|text| {
        let learned = ("1_a/metadata.toml".to_owned(), LEARNED.to_owned());
        [learned, ("schema.toml".to_owned(), text.to_owned())]
    });
    Changeset { revision: Some(revision), files: files.collect(), ..Changeset::default() }
}

/// Stops at the step of this number, as a kill would.
fn stop_at(number: usize) -> impl FnMut(&'static str) -> io::Result<()> {
    let mut seen = 0;
    move |_| {
        seen += 1;
        if seen > number { Err(io::Error::other("killed")) } else { Ok(()) }
    }
}

fn count_steps() -> usize {
    let root = migrations();
    let mut steps = 0;
    write_by_steps(root.path(), &changes(Some(NEW)), &mut |_| {
        steps += 1;
        Ok(())
    })
    .unwrap();
    steps
}

fn names(root: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Whether the new state stands; panics when it is neither the old nor the new one, to the byte.
fn is_new(root: &Path) -> bool {
    let snapshot = fs::read_to_string(root.join("schema.toml")).unwrap();
    let revisions = directory::read(root).unwrap();
    match revisions.revisions() {
        [_] => {
            assert_eq!(snapshot, OLD);
            assert!(!root.join("1_a/metadata.toml").exists());
            false
        }
        [_, new] => {
            assert_eq!(snapshot, NEW);
            assert_eq!(fs::read_to_string(root.join("1_a/metadata.toml")).unwrap(), LEARNED);
            assert_eq!(new.up_sql, "SELECT 2;");
            assert_eq!(new.down_sql.as_deref(), Some("SELECT 3;"));
            assert!(root.join("2_b/metadata.toml").exists());
            true
        }
        other => panic!("{} revisions", other.len()),
    }
}

#[test]
fn a_kill_at_any_step_leaves_the_old_state_or_the_new_one() {
    let steps = count_steps();
    assert!(steps >= 10, "{steps} steps");
    let mut seen = Vec::new();
    for stop in 0..=steps {
        let root = migrations();
        let result = write_by_steps(root.path(), &changes(Some(NEW)), &mut stop_at(stop));
        assert_eq!(result.is_ok(), stop == steps);
        // Diesel reads the directory in between, and must never see half a revision.
        assert!(directory::read(root.path()).is_ok(), "unreadable after step {stop}");
        let recovered = recover(root.path()).unwrap();
        assert_eq!(recovered.is_some(), (1..steps).contains(&stop), "step {stop}");
        seen.push(is_new(root.path()));
        assert_eq!(recover(root.path()).unwrap(), None);
        let leftovers: Vec<String> = names(root.path())
            .into_iter()
            .filter(|name| name.starts_with('.') && name != LOCK)
            .collect();
        assert!(leftovers.is_empty(), "{leftovers:?} after step {stop}");
    }
    // First the old state, then, from one step on, the new one.
    assert!(seen.is_sorted() && !seen[0] && seen[steps], "{seen:?}");
}

#[test]
fn a_kill_during_the_recovery_is_recovered_from() {
    let steps = count_steps();
    for stop in 1..steps {
        for again in 0..5 {
            let root = migrations();
            let _ = write_by_steps(root.path(), &changes(Some(NEW)), &mut stop_at(stop));
            let _ = recover_by_steps(root.path(), &mut stop_at(again));
            recover(root.path()).unwrap();
            is_new(root.path());
            assert_eq!(recover(root.path()).unwrap(), None);
        }
    }
}

#[test]
fn without_a_snapshot_the_old_one_stays() {
    let root = migrations();
    write(root.path(), &changes(None)).unwrap();
    assert_eq!(fs::read_to_string(root.path().join("schema.toml")).unwrap(), OLD);
    assert_eq!(directory::read(root.path()).unwrap().revisions().len(), 2);
}

#[test]
fn nothing_is_overwritten() {
    let root = migrations();
    let mut taken = changes(Some(NEW));
    taken.revision.as_mut().unwrap().dir_name = "1_a".into();
    let error = write(root.path(), &taken).unwrap_err().to_string();
    assert!(error.starts_with("cannot write `"), "{error}");
    assert_eq!(names(root.path()), ["1_a", "schema.toml"]);
    assert!(!is_new(root.path()));
}

#[test]
fn a_replaced_file_keeps_its_permissions() {
    let root = migrations();
    let path = root.path().join("schema.toml");
    let before = fs::metadata(&path).unwrap().permissions();
    replace(&path, NEW).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), NEW);
    assert_eq!(fs::metadata(&path).unwrap().permissions(), before);
    assert_eq!(names(root.path()), ["1_a", "schema.toml"]);
}

/// One directory goes, one comes under its name, another beside it.
fn moved() -> Changeset {
    let new = |name: &str, sql: &str| NewRevision {
        dir_name: name.into(),
        up_sql: sql.into(),
        down_sql: String::new(),
        metadata: "run_in_transaction = true\n".into(),
    };
    Changeset {
        revision: None,
        more: vec![new("1_a", "SELECT 'new';"), new("2_b", "SELECT 2;")],
        removed: vec!["1_a".into()],
        files: vec![("schema.toml".into(), NEW.into())],
    }
}

#[test]
fn directories_go_and_come_whole_whenever_it_is_killed() {
    let is_moved = |root: &Path| {
        let history = directory::read(root).unwrap();
        let sql: Vec<&str> = history.revisions().iter().map(|it| it.up_sql.as_str()).collect();
        let snapshot = fs::read_to_string(root.join("schema.toml")).unwrap();
        match (&sql[..], snapshot.as_str()) {
            (["SELECT 1;"], OLD) => false,
            (["SELECT 'new';", "SELECT 2;"], NEW) => true,
            other => panic!("{other:?}"),
        }
    };
    let root = migrations();
    let mut steps = 0;
    let mut count = |_: &'static str| {
        steps += 1;
        Ok(())
    };
    write_by_steps(root.path(), &moved(), &mut count).unwrap();
    assert!(is_moved(root.path()));
    let mut seen = Vec::new();
    for stop in 0..=steps {
        for again in 0..4 {
            let root = migrations();
            let _ = write_by_steps(root.path(), &moved(), &mut stop_at(stop));
            let _ = recover_by_steps(root.path(), &mut stop_at(again));
            recover(root.path()).unwrap();
            seen.push(is_moved(root.path()));
            assert_eq!(recover(root.path()).unwrap(), None);
            assert!(names(root.path()).iter().all(|it| !it.starts_with(PREPARED)));
        }
    }
    assert!(seen.is_sorted() && !seen[0] && seen[seen.len() - 1], "{seen:?}");
}
