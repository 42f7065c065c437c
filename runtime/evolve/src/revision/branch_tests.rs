use super::tests::{by_hand, generated, names};
use super::*;

/// Two branches on `two`, the younger of which parts again.
fn parted() -> History {
    History::new(vec![
        generated("01_one", &[]),
        generated("02_two", &["01"]),
        generated("03_bio", &["02"]),
        generated("04_teams", &["02"]),
        generated("05_bio_more", &["03"]),
        generated("06_teams_more", &["04"]),
    ])
    .unwrap()
}

fn versions(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

const ALL: &str = "01 02 03 04 05 06";

/// Which way, from which versions, to which address, and the versions that are run or the beginning
/// of the error.
fn walks(history: &History, rows: &[(Way, &str, &str, &str)]) {
    for (way, applied, address, expected) in rows {
        let applied = versions(applied);
        let path = match way {
            Way::Up => history.upgrade_path(&applied, address),
            Way::Down => history.downgrade_path(&applied, address),
        };
        let found = match path {
            Ok(path) => path.iter().map(|it| &*it.version).collect::<Vec<_>>().join(" "),
            Err(error) => error.to_string(),
        };
        let fits = if path_is(expected) { found == *expected } else { found.starts_with(expected) };
        assert!(fits, "{way:?} from {applied:?} to {address}: {found}");
    }
}

fn path_is(expected: &str) -> bool {
    expected.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ')
}

#[test]
fn a_branch_goes_on_alone() {
    use Way::Up;
    walks(
        &parted(),
        &[
            (Up, "", "bio@head", "01 02 03 05"),
            (Up, "", "bio_more@head", "01 02 03 05"),
            (Up, "", "04@head", "01 02 04 06"),
            (Up, "01 02 03", "teams@head", "04 06"),
            (Up, "01 02 03", "teams@+1", "04"),
            (Up, "01 02 03 04", "teams@+1", "06"),
            (Up, "01 02 03 04", "bio@+1", "05"),
            (Up, "01", "teams@+2", "02 04"),
            (Up, "01 02", "teams_more@teams", "04"),
            (Up, "01 02", "teams@base+3", "04"),
            (Up, "01", "bio@head-1", "02 03"),
            (Up, ALL, "teams@head", ""),
            (Up, ALL, "teams@+1", "`teams@+1` goes too far: there is no revision that way"),
            (Up, "01 02", "teams@+0", "`+0` is no number"),
            (Up, "01 02", "teams@+x", "`+x` is no number"),
            (Up, "01 02", "teams@bio", "`bio` is not on the branch of `04_teams`: see"),
            (
                Up,
                "01 02",
                "team@head",
                "no revision is called `team`; did you mean `04_teams`? (in",
            ),
            (Up, "01 02", "teams@nope", "no revision is called `nope`"),
            (Up, "01 02", "two@head", "there are 2 heads, `05_bio_more`, `06_teams_more`"),
        ],
    );
}

#[test]
fn a_branch_is_taken_back_alone() {
    use Way::Down;
    walks(
        &parted(),
        &[
            // Alone the older branch has its own numbers, and the other stays.
            (Down, ALL, "bio@-1", "05"),
            (Down, ALL, "bio@-2", "05 03"),
            (Down, ALL, "bio@-3", "`bio@-3` goes too far: there are only 2 revisions that way"),
            (Down, "01 02 03 04", "bio@-1", "03"),
            (Down, "01 02 03 04", "teams@-1", "04"),
            (Down, ALL, "bio@base", "05 03"),
            (Down, ALL, "teams_more@base", "06 04"),
            (Down, ALL, "bio@two", "05 03"),
            (Down, ALL, "bio@one", "05 03"),
            (Down, ALL, "bio@base+2", "05 03"),
            (Down, ALL, "base+2", "06 05 04 03"),
            (Down, ALL, "teams@head-1", "06"),
            (Down, ALL, "teams@head-2", "06 04"),
            (Down, ALL, "teams@current-1", "06"),
            (Down, ALL, "teams_more-1", "06"),
            (Down, ALL, "two@base", "06 05 04 03 02 01"),
            (Down, "01 02", "teams@base", ""),
            (Down, "01 02 03 05", "teams@-1", "`teams@-1` goes too far: there is no revision"),
            (Down, "01 02 04", "bio@03", "`03_bio` is not applied"),
        ],
    );
    let mut merged = parted().revisions().to_vec();
    merged.push(generated("07_both", &["05", "06"]));
    let merged = History::new(merged).unwrap();
    let all = format!("{ALL} 07");
    walks(
        &merged,
        &[
            (Down, &all, "-1", "07"),
            (Down, &all, "bio_more", "07"),
            (Down, &all, "teams_more", "07"),
            (Down, &all, "bio@base", "07 05 03"),
            (Down, &all, "both@base", "07"),
            (Way::Up, "01 02 03 05", "both", "04 06 07"),
            (Way::Up, "01 02 03 05", "head", "04 06 07"),
        ],
    );
}

/// Branches of histories that knew nothing of each other begin with their first revisions.
#[test]
fn of_several_roots_one_is_taken_back_alone() {
    let forest = History::new(vec![
        generated("1_shop", &[]),
        generated("2_blog", &[]),
        generated("3_shop_more", &["1"]),
        generated("4_blog_more", &["2"]),
    ])
    .unwrap();
    walks(
        &forest,
        &[
            (Way::Up, "", "heads", "1 2 3 4"),
            (Way::Up, "", "blog@head", "2 4"),
            (Way::Down, "1 2 3 4", "shop@base", "3 1"),
            (Way::Down, "1 2 3 4", "blog@-1", "4"),
            (Way::Down, "1 2 3 4", "base", "4 3 2 1"),
        ],
    );
}

#[test]
fn ranges_and_several_targets_may_name_branches() {
    let history = parted();
    let range = |text: &str| names(history.range(text, Some(&versions(ALL))));
    assert_eq!(range("bio@base:bio@head").unwrap(), ["bio", "bio_more"]);
    assert_eq!(range("two:heads").unwrap().len(), 5);
    assert_eq!(range("bio@-1:bio@head").unwrap(), ["bio_more"]);
    assert_eq!(range("teams:+1").unwrap(), ["teams", "teams_more"]);
    let up = |applied: &str, targets: &[&str]| {
        let targets: Vec<String> = targets.iter().map(|it| (*it).to_owned()).collect();
        names(history.upgrade_paths(&versions(applied), &targets))
    };
    assert_eq!(up("01", &["bio", "teams"]).unwrap(), ["two", "bio", "teams"]);
    assert_eq!(up("01", &["bio", "bio"]).unwrap(), ["two", "bio"]);
    for pair in [["bio", "bio_more"], ["bio_more", "bio"], ["bio", "heads"]] {
        let error = up("01", &pair).unwrap_err();
        assert!(error.contains("so they are one target and not two"), "{error}");
    }
}

#[test]
fn signs_in_names_of_directories_are_names() {
    let history = History::new(vec![
        by_hand("1_a@b"),
        by_hand("2_c+1"),
        by_hand("3_d:e"),
        by_hand("4_f-1"),
        by_hand("5_a"),
    ])
    .unwrap();
    for (address, slug) in
        [("a@b", "a@b"), ("1_a@b", "a@b"), ("c+1", "c+1"), ("c+1+1", "d:e"), ("f-1", "f-1")]
    {
        assert_eq!(history.find(address).map(|it| &*it.slug), Ok(slug), "{address}");
    }
    let range = |text: &str| names(history.range(text, None)).unwrap();
    assert_eq!(range("a@b:d:e"), ["a@b", "c+1", "d:e"]);
    assert_eq!(range("d:e:f-1"), ["d:e", "f-1"]);
    assert_eq!(range("d:e"), ["a@b", "c+1", "d:e"]);
    assert_eq!(range("d:e:"), ["d:e", "f-1", "a"]);
}
